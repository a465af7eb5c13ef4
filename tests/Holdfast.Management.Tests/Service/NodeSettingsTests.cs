using System.Net;

namespace Holdfast.Management.Tests.Service;

/// <summary>What a node is set to, over the API.</summary>
[Collection(DevCollection.Name)]
public sealed class NodeSettingsTests(DevService dev)
{
    [Fact]
    public async Task An_administrator_sets_a_node_everybody_reads_it_and_it_is_audited()
    {
        var node = (await dev.Admin.GetAsync("nodes"))[0].GetProperty("name").GetString();
        var path = $"nodes/{node}/settings";
        using var viewer = await dev.WithTokenAsync("viewer");
        using var operators = await dev.WithTokenAsync("operator");

        await dev.Admin.PutAsync(path, new { description = "rack 4", jobs = 2, bandwidth = 10 << 20 });

        var read = await viewer.GetAsync(path);
        Assert.Equal(("rack 4", 2, 10 << 20), (read.GetProperty("settings").GetProperty("description").GetString(), read.GetProperty("settings").GetProperty("jobs").GetInt32(), read.GetProperty("settings").GetProperty("bandwidth").GetInt32()));
        Assert.Equal((5, 4), (read.GetProperty("defaults").GetProperty("diskFreePercent").GetInt32(), read.GetProperty("defaults").GetProperty("memoryFreePercent").GetInt32()));
        Assert.Equal("rack 4", (await viewer.GetAsync("nodes"))[0].GetProperty("description").GetString());
        foreach (var client in (ApiClient[])[viewer, operators]) Assert.Equal((HttpStatusCode.Forbidden, "access.denied"), await client.RefusedAsync(HttpMethod.Put, path, new { jobs = 50 }));
        Assert.Equal((HttpStatusCode.BadRequest, "node.settings-invalid"), await dev.Admin.RefusedAsync(HttpMethod.Put, path, new { description = "half", jobs = 0 }));
        Assert.Equal("rack 4", (await viewer.GetAsync(path)).GetProperty("settings").GetProperty("description").GetString());
        Assert.Equal((HttpStatusCode.NotFound, "node.not-found"), await dev.Admin.RefusedAsync(HttpMethod.Put, "nodes/nobody/settings", new { jobs = 1 }));
        var audit = (await dev.Admin.GetAsync("audit?limit=50")).EnumerateArray().Select(entry => $"{entry.GetProperty("what").GetString()}: {entry.GetProperty("outcome").GetString()}").ToList();
        Assert.Contains(audit, entry => entry.StartsWith($"PUT /v1/{path} {{\"description\":\"rack 4\"", StringComparison.Ordinal) && entry.EndsWith(": done", StringComparison.Ordinal));

        await dev.Admin.PutAsync(path, new { });
    }
}
