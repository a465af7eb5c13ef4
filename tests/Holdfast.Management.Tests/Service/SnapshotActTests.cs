using System.Net;
using System.Text.Json;

namespace Holdfast.Management.Tests.Service;

/// <summary>What is done to snapshots over the API, with a real vault.</summary>
[Collection(DevCollection.Name)]
public sealed class SnapshotActTests(DevService dev)
{
    [Fact]
    public async Task A_snapshot_is_tagged_held_released_forgotten_and_brought_back()
    {
        await using var vault = await WithSnapshotAsync("attic");
        var id = IdOf(Assert.Single(await vault.ListAsync()));

        var tagged = await SendAsync(HttpMethod.Post, vault, id, "/tags", new { add = (string[])["audit", "2026"], remove = (string[])["first"] });
        Assert.Equal(["2026", "audit"], Assert.Single(await vault.CatalogueAsync()).GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()).Order(StringComparer.Ordinal));
        var held = await SendAsync(HttpMethod.Post, vault, IdOf(tagged), "/hold");
        Assert.Equal("held", StatusOf(Assert.Single(await vault.CatalogueAsync())));
        Assert.Equal((HttpStatusCode.Conflict, "snapshot.held"), await RefusedAsync(HttpMethod.Delete, vault, IdOf(held), ""));

        var released = await SendAsync(HttpMethod.Delete, vault, IdOf(held), "/hold");
        await SendAsync(HttpMethod.Delete, vault, IdOf(released), "");
        var forgotten = Assert.Single(await vault.CatalogueAsync());
        Assert.Equal("forgotten", StatusOf(forgotten));
        Assert.Equal(0, (await dev.Admin.GetAsync("vaults")).EnumerateArray().Single(known => known.GetProperty("name").GetString() == "attic").GetProperty("snapshots").GetInt64());

        await SendAsync(HttpMethod.Post, vault, IdOf(forgotten), "/bring-back");
        var back = Assert.Single(await vault.CatalogueAsync());
        Assert.Equal("complete", StatusOf(back));
        Assert.Contains("audit", await vault.RunAsync("snapshots"), StringComparison.Ordinal);
        Assert.Contains((await dev.Admin.GetAsync("audit")).EnumerateArray(), entry => entry.GetProperty("what").GetString()!.Contains($"/snapshots/{IdOf(forgotten)} ", StringComparison.Ordinal));

        await SendAsync(HttpMethod.Delete, vault, IdOf(back), "", query: "&delay=0s");
        Assert.Empty(await vault.CatalogueAsync());
    }

    [Fact]
    public async Task What_names_no_snapshot_or_would_steer_keeping_by_a_tag_is_refused()
    {
        await using var vault = await WithSnapshotAsync("cellar");
        var id = IdOf(Assert.Single(await vault.ListAsync()));

        Assert.Equal((HttpStatusCode.BadRequest, "tags.invalid"), await RefusedAsync(HttpMethod.Post, vault, id, "/tags", new { add = (string[])["hf:hold"] }));
        Assert.Equal((HttpStatusCode.BadRequest, "tags.invalid"), await RefusedAsync(HttpMethod.Post, vault, id, "/tags", new { add = (string[])["one,two"] }));
        Assert.Equal((HttpStatusCode.BadRequest, "snapshot-act.invalid"), await RefusedAsync(HttpMethod.Delete, vault, "latest", ""));
        Assert.Equal((HttpStatusCode.BadRequest, "request.delay-invalid"), await RefusedAsync(HttpMethod.Delete, vault, id, "", query: "&delay=soon"));
        Assert.Equal((HttpStatusCode.NotFound, "vault.not-found"), await dev.Admin.RefusedAsync(HttpMethod.Post, $"snapshots/{id}/hold?vault=nowhere"));

        Assert.Equal("complete", StatusOf(Assert.Single(await vault.ListAsync())));
    }

    private async Task<KnownVault> WithSnapshotAsync(string name)
    {
        var vault = await KnownVault.CreateAsync(dev, name);
        await File.WriteAllTextAsync(Path.Combine(vault.Folder, "file"), "what is protected");
        await vault.RunAsync("backup", "--tag", "first", Path.Combine(vault.Folder, "file"));
        return vault;
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, KnownVault vault, string id, string act, object? body = null, string query = "")
    {
        using var answer = await dev.Admin.SendAsync(method, PathOf(vault, id, act, query), body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonElement.Parse(text);
    }

    private Task<(HttpStatusCode Status, string? Code)> RefusedAsync(HttpMethod method, KnownVault vault, string id, string act, object? body = null, string query = "") =>
        dev.Admin.RefusedAsync(method, PathOf(vault, id, act, query), body);

    private static string PathOf(KnownVault vault, string id, string act, string query) => $"snapshots/{id}{act}?vault={Uri.EscapeDataString(vault.Location)}{query}";

    private static string IdOf(JsonElement snapshot) => snapshot.GetProperty("id").GetString()!;

    private static string? StatusOf(JsonElement snapshot) => snapshot.GetProperty("status").GetString();
}
