using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Holdfast.Management.Tests.Service;

/// <summary>What destroys something, where it needs a second person; over the API, as people and programs come.</summary>
[Collection(DevCollection.Name)]
public sealed class SecondPersonTests(DevService dev) : IAsyncLifetime
{
    private const string Password = "a long enough one";
    private readonly ApiClient _second = new(dev.Address);

    public async Task InitializeAsync()
    {
        await dev.Admin.PutAsync("people/second", new { level = "admin", password = Password });
        await _second.SignInAsync("second", Password);
        await SetAsync(new { acts = (string[])["vault.delete", "history.shorten"] });
        await dev.Admin.PutAsync("vaults/attic", new { location = "/srv/attic", passwordFile = "/etc/attic.key" });
    }

    public async Task DisposeAsync()
    {
        if (await SetAsync(new { acts = Array.Empty<string>() }) is { } waiting) await ApproveAsync(_second, waiting);
        foreach (var path in (string[])["vaults/attic", "people/second", "people/third"]) (await dev.Admin.SendAsync(HttpMethod.Delete, path)).Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task Nothing_is_done_until_somebody_else_approves_exactly_that_and_then_once()
    {
        var asked = await AskAsync(dev.Admin, HttpMethod.Delete, "vaults/attic");
        Assert.Contains((await dev.Admin.GetAsync("vaults")).EnumerateArray(), vault => vault.GetProperty("name").GetString() == "attic");
        Assert.Equal(asked.GetProperty("id").GetString(), (await AskAsync(dev.Admin, HttpMethod.Delete, "vaults/attic")).GetProperty("id").GetString());
        Assert.Equal((1, 0), Waiting(await dev.Admin.GetAsync("overview")));
        Assert.Equal((1, 1), Waiting(await _second.GetAsync("overview")));

        Assert.Equal((HttpStatusCode.Forbidden, "approval.own"), await dev.Admin.RefusedAsync(HttpMethod.Post, Approve(asked), Digest(asked)));
        using var ownToken = await dev.WithTokenAsync("admin");
        Assert.Equal((HttpStatusCode.Forbidden, "approval.own"), await ownToken.RefusedAsync(HttpMethod.Post, Approve(asked), Digest(asked)));
        using var program = await ProgramOfSecondAsync();
        Assert.Equal((HttpStatusCode.Forbidden, "approval.no-person"), await program.RefusedAsync(HttpMethod.Post, Approve(asked), Digest(asked)));
        Assert.Equal((HttpStatusCode.Conflict, "approval.other-request"), await _second.RefusedAsync(HttpMethod.Post, Approve(asked), new { digest = new string('0', 64) }));
        var done = await ApproveAsync(_second, asked);

        Assert.Equal("done", done.GetProperty("state").GetString());
        Assert.DoesNotContain((await dev.Admin.GetAsync("vaults")).EnumerateArray(), vault => vault.GetProperty("name").GetString() == "attic");
        Assert.Equal((HttpStatusCode.Conflict, "approval.decided"), await _second.RefusedAsync(HttpMethod.Post, Approve(asked), Digest(asked)));
        await dev.Admin.PutAsync("vaults/attic", new { location = "/srv/attic", passwordFile = "/etc/attic.key" });
        Assert.NotEqual(asked.GetProperty("id").GetString(), (await AskAsync(dev.Admin, HttpMethod.Delete, "vaults/attic")).GetProperty("id").GetString()); // What was approved once is approved no more.
    }

    [Fact]
    public async Task What_changed_since_it_was_asked_for_is_left_alone()
    {
        var asked = await AskAsync(dev.Admin, HttpMethod.Delete, "vaults/attic");
        await dev.Admin.PutAsync("vaults/attic", new { location = "/srv/another", passwordFile = "/etc/attic.key" });

        var done = await ApproveAsync(_second, asked);

        Assert.Equal(("failed", "What it is about was changed since it was asked for."), (done.GetProperty("state").GetString(), done.GetProperty("outcome").GetString()));
        Assert.Contains((await dev.Admin.GetAsync("vaults")).EnumerateArray(), vault => vault.GetProperty("name").GetString() == "attic");
    }

    [Fact]
    public async Task Nobody_alone_switches_it_off_or_makes_another_administrator()
    {
        var off = await SetAsync(new { acts = (string[])["vault.delete"] });
        Assert.Equal("second-person.loosen", off!.Value.GetProperty("act").GetString());
        Assert.Null(await SetAsync(new { acts = (string[])["vault.delete", "history.shorten", "node.evict"] })); // More is everybody's right.

        Assert.Equal((HttpStatusCode.Conflict, "person.password-not-chosen"), await dev.Admin.RefusedAsync(HttpMethod.Put, "people/third", new { level = "admin", password = Password }));
        Assert.Equal((HttpStatusCode.Conflict, "person.password-of-another"), await dev.Admin.RefusedAsync(HttpMethod.Put, "people/second", new { password = "mine from now on" }));
        Assert.Equal((HttpStatusCode.Conflict, "person.last-approver"), await dev.Admin.RefusedAsync(HttpMethod.Put, "people/second", new { level = "operator" }));
        var made = await dev.Admin.PutAsync("people/third", new { level = "viewer", oneTimePassword = true });
        using var third = new ApiClient(dev.Address);
        await third.SignInAsync("third", made.GetProperty("oneTimePassword").GetString()!, Password);
        var raise = await AskAsync(dev.Admin, HttpMethod.Put, "people/third", new { level = "admin" });
        Assert.Equal("done", (await ApproveAsync(_second, raise)).GetProperty("state").GetString());
        Assert.Equal((HttpStatusCode.Forbidden, "approval.own"), await dev.Admin.RefusedAsync(HttpMethod.Post, Approve(off.Value), Digest(off.Value)));
    }

    [Fact]
    public async Task A_shorter_memory_waits_and_a_bad_setting_is_refused_at_once()
    {
        Assert.Equal((HttpStatusCode.BadRequest, "settings.invalid"), await dev.Admin.RefusedAsync(HttpMethod.Put, "settings", new { history = new { auditDays = 0 } }));
        Assert.Equal((HttpStatusCode.BadRequest, "request.invalid"), await dev.Admin.RefusedAsync(HttpMethod.Put, "settings", new { histroy = new { auditDays = 30 } }));
        var now = await dev.Admin.GetAsync("settings");
        Assert.Equal((HttpStatusCode.Conflict, "settings.changed"), await dev.Admin.RefusedAsync(HttpMethod.Put, "settings", new { secondPerson = new { all = true }, revision = "0000000000000000" }));

        var asked = await AskAsync(dev.Admin, HttpMethod.Put, "settings", new { history = new { auditDays = 30 }, secondPerson = now.GetProperty("secondPerson"), revision = now.GetProperty("revision").GetString() });

        Assert.Equal("history.shorten", asked.GetProperty("act").GetString());
        Assert.Equal("Set history.auditDays 400 → 30", asked.GetProperty("what").GetString());
        Assert.Contains("30", (await _second.GetAsync("approvals/" + asked.GetProperty("id").GetString())).GetProperty("body").GetString(), StringComparison.Ordinal);
        Assert.Equal("done", (await ApproveAsync(_second, asked)).GetProperty("state").GetString());
        Assert.Equal(30, (await dev.Admin.GetAsync("settings")).GetProperty("history").GetProperty("auditDays").GetInt32());
    }

    [Fact]
    public async Task The_way_over_a_node_does_not_go_round_it_and_both_names_are_in_the_audit()
    {
        await SetAsync(new { acts = (string[])["vault.delete", "history.shorten", "role.delete"] });
        using (var applied = await dev.Admin.Http.SendAsync(Csrf(new(HttpMethod.Post, "api/v1/apply") { Content = new StringContent($"kind: Job\nname: eyes\nrun: command\nuser: {Environment.UserName}\ncommand: [/bin/true]\n") }))) Assert.Equal(HttpStatusCode.OK, applied.StatusCode);
        using var agent = dev.OnSocket("agent.sock");
        using var answer = await agent.DeleteAsync("v1/management/service/api/v1/roles/eyes");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var asked = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("approval");

        Assert.Equal("done", (await ApproveAsync(_second, asked)).GetProperty("state").GetString()); // Its resources go offline before it is gone.

        Assert.Contains((await dev.Admin.GetAsync("audit")).EnumerateArray(), entry => entry.GetProperty("who").GetString() == $"user {Environment.UserName}, approved by second" && entry.GetProperty("what").GetString() == "DELETE /v1/roles/eyes");
    }

    [Fact]
    public async Task A_snapshot_is_forgotten_when_somebody_else_agrees()
    {
        await using var vault = await KnownVault.CreateAsync(dev, "loft");
        await File.WriteAllTextAsync(Path.Combine(vault.Folder, "file"), "what is protected");
        await vault.RunAsync("backup", Path.Combine(vault.Folder, "file"));
        var id = Assert.Single(await vault.ListAsync()).GetProperty("id").GetString();
        await SetAsync(new { acts = (string[])["vault.delete", "history.shorten", "snapshot.forget"] });

        var asked = await AskAsync(dev.Admin, HttpMethod.Delete, $"snapshots/{id}?vault=loft&delay=0s");
        Assert.Single(await vault.ListAsync());
        var done = await ApproveAsync(_second, asked);

        Assert.Equal("done", done.GetProperty("state").GetString());
        Assert.Empty(await vault.CatalogueAsync());
        await ApproveAsync(_second, (await SetAsync(new { acts = Array.Empty<string>() }))!.Value); // Or the vault would not be forgotten at the end.
    }

    private static (int Waiting, int ForMe) Waiting(JsonElement overview) => (overview.GetProperty("approvals").GetProperty("waiting").GetInt32(), overview.GetProperty("approvals").GetProperty("forMe").GetInt32());

    private static string Approve(JsonElement approval) => $"approvals/{approval.GetProperty("id").GetString()}/approve";

    private static object Digest(JsonElement approval) => new { digest = approval.GetProperty("digest").GetString() };

    private static async Task<JsonElement> ApproveAsync(ApiClient by, JsonElement approval) => (await by.PostAsync(Approve(approval), Digest(approval))).GetProperty("approval");

    /// <summary>Asks for what needs a second person.</summary>
    private static async Task<JsonElement> AskAsync(ApiClient by, HttpMethod method, string path, object? body = null)
    {
        using var answer = await by.SendAsync(method, path, body);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("approval");
    }

    /// <summary>Sets what needs a second person.</summary>
    /// <returns>What waits for one; null when it is set.</returns>
    private async Task<JsonElement?> SetAsync(object secondPerson)
    {
        var answer = await dev.Admin.PutAsync("settings", new { secondPerson });
        return answer.TryGetProperty("approval", out var waiting) ? waiting : null;
    }

    private async Task<ApiClient> ProgramOfSecondAsync()
    {
        var made = await _second.PostAsync("tokens", new { name = "eyes", level = "admin", expires = TimeProvider.System.GetUtcNow().AddDays(1) });
        var client = new ApiClient(dev.Address);
        client.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", made.GetProperty("token").GetString());
        return client;
    }

    private HttpRequestMessage Csrf(HttpRequestMessage request)
    {
        request.Headers.Add("Holdfast-Csrf", dev.Admin.Csrf);
        return request;
    }
}
