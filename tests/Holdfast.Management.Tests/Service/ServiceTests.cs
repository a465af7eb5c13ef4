using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Holdfast.Management.Tests.Service;

/// <summary>The service as its users meet it.</summary>
[Collection(DevCollection.Name)]
public sealed class ServiceTests(DevService dev)
{
    [Fact]
    public async Task The_document_is_the_one_in_the_repository()
    {
        var file = Path.Combine(DevService.Root(), "docs", "api", "openapi.json");
        var served = await dev.Admin.Http.GetStringAsync("openapi/v1.json");

        if (served == await File.ReadAllTextAsync(file)) return;
        var seen = Path.Combine(Directory.CreateDirectory(Path.Combine(DevService.Root(), "artifacts")).FullName, "openapi.json");
        await File.WriteAllTextAsync(seen, served);
        Assert.Fail($"The API changed. When it was meant to, copy {seen} to {file}.");
    }

    [Fact]
    public async Task The_same_key_carries_a_change_out_once()
    {
        var body = new { name = "once", level = "viewer", expires = TimeProvider.System.GetUtcNow().AddDays(1) };
        var key = Guid.NewGuid().ToString();
        var first = await dev.Admin.PostAsync("tokens", body, key);
        var second = await dev.Admin.PostAsync("tokens", body, key);

        Assert.Equal(first.GetProperty("token").GetString(), second.GetProperty("token").GetString());
        Assert.Single((await dev.Admin.GetAsync("tokens")).EnumerateArray(), token => token.GetProperty("name").GetString() == "once");
        using var other = await dev.Admin.SendAsync(HttpMethod.Post, "tokens", body with { name = "twice" }, key);
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
    }

    [Fact]
    public async Task A_copy_of_an_earlier_epoch_cannot_write()
    {
        using var agent = dev.OnSocket("agent.sock");
        var people = (await agent.GetFromJsonAsync<JsonElement>("v1/management/documents")).EnumerateArray().Single(document => document.GetProperty("name").GetString() == "people");
        using var refused = await agent.PutAsJsonAsync("v1/management/documents/people", new { revision = people.GetProperty("revision").GetInt64(), epoch = "1.0", value = new { people = Array.Empty<object>() }, audit = "tried" });

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("management.superseded", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains((await dev.Admin.GetAsync("people")).EnumerateArray(), person => person.GetProperty("name").GetString() == "admin");
    }

    [Fact]
    public async Task The_stream_begins_with_where_the_service_is_and_how_the_cluster_is()
    {
        using var answer = await dev.Admin.Http.GetAsync("api/v1/stream", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        List<string> names = [];
        while (names.Count < 2 && await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) names.Add(line["event: ".Length..]);
        }

        Assert.Equal(["service", "cluster"], names);
    }

    [Fact]
    public async Task A_change_carries_the_name_of_who_made_it_into_the_audit_of_the_cluster()
    {
        await dev.Admin.PutAsync("people/dora", new { level = "operator", password = "a long enough one" });
        using var dora = new ApiClient(dev.Address);
        await dora.SignInAsync("dora", "a long enough one");
        var node = (await dora.GetAsync("nodes"))[0].GetProperty("name").GetString();
        await dora.PostAsync($"nodes/{node}/pause");
        await dora.PostAsync($"nodes/{node}/resume");

        Assert.Contains((await dora.GetAsync("audit")).EnumerateArray(), entry => entry.GetProperty("who").GetString() == "dora" && entry.GetProperty("what").GetString()!.EndsWith("/pause", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Both_lights_are_on_and_load_balancers_are_told()
    {
        var overview = await dev.Admin.GetAsync("overview");

        Assert.Equal("ok", overview.GetProperty("cluster").GetProperty("state").GetString());
        Assert.Equal("ok", overview.GetProperty("database").GetProperty("state").GetString());
        foreach (var path in (string[])["health", "health/leader", "health/database"])
        {
            using var answer = await dev.Admin.Http.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("operations?limit=0", "limit")]
    [InlineData("operations?limit=501", "limit")]
    [InlineData("events?from=yesterday", "from")]
    public async Task Bad_queries_are_refused_by_the_name_of_what_is_wrong(string path, string field)
    {
        using var answer = await dev.Admin.SendAsync(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith(field + ":", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
