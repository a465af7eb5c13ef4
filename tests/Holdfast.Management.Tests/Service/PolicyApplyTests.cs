using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Holdfast.Management.Tests.Service;

/// <summary>Declarations with policies in them, from the API to the jobs of the cluster.</summary>
[Collection(DevCollection.Name)]
public sealed class PolicyApplyTests(DevService dev) : IAsyncLifetime
{
    private const string Job = "kind: Job\nname: sweep\nrun: command\ncommand: [/bin/true]\n";

    public Task InitializeAsync() => dev.Admin.PutAsync("vaults/office", new { location = Path.Combine(dev.State, "no-vault"), passwordFile = Path.Combine(dev.State, "no-key") });

    public async Task DisposeAsync()
    {
        foreach (var path in (string[])["policies/gold", "roles/sweep", "roles/web", "vaults/office"]) (await dev.Admin.SendAsync(HttpMethod.Delete, path)).Dispose();
        await UntilAsync(async () => (await NamesAsync("jobs")).Length == 0);
    }

    [Fact]
    public async Task A_file_with_a_job_and_a_policy_is_applied_as_one_and_again_without_a_change()
    {
        var first = await AppliedAsync($"{Job}---\n{Policy("/srv/one")}");

        Assert.Equal(("gold", "create"), (first.GetProperty("policies")[0].GetProperty("policy").GetString(), first.GetProperty("policies")[0].GetProperty("action").GetString()));
        Assert.Equal(["gold-srv-one-", "sweep"], Roles(first).Select(role => role.StartsWith("gold-", StringComparison.Ordinal) ? role[..^8] : role).Order(StringComparer.Ordinal));
        Assert.Equal(["gold"], await NamesAsync("policies"));
        await UntilAsync(async () => (await NamesAsync("jobs")).Length == 2);
        var again = await AppliedAsync(Policy("/srv/one"));
        Assert.Equal("unchanged", again.GetProperty("policies")[0].GetProperty("action").GetString());
        Assert.Empty(Roles(again));
    }

    [Fact]
    public async Task What_a_policy_protects_may_be_declared_beside_it_and_what_it_means_no_more_retires()
    {
        const string Web = "roles: { web: { resources: { service: { type: process, command: [/bin/sleep, infinity] } } } }\n";
        await AppliedAsync($"{Web}---\n{Policy("/srv/one", ", with: web")}");
        await UntilAsync(async () => (await NamesAsync("jobs")).Length == 1);

        var planned = await AppliedAsync(Policy("/srv/two"), dryRun: true);

        Assert.Equal(["create", "delete"], planned.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("action").GetString()!).Order(StringComparer.Ordinal));
        Assert.Single(await NamesAsync("jobs"));
        await AppliedAsync(Policy("/srv/two"));
        await UntilAsync(async () => await NamesAsync("jobs") is [var only] && only.StartsWith("gold-srv-two", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("kind: Job\nname: sweep\nrun: command\ncommand: [/bin/true]\n", "vaults: offic", "policy.invalid", "policies.gold: vaults")]
    [InlineData("kind: Job\nname: sweep\nrun: command\n", "vaults: office", "declaration.invalid", "command")]
    [InlineData("kind: Job\nname: sweep\nrun: command\ncommand: [/bin/true]\n", "vault: office", "declaration.invalid", "did you mean 'vaults'")]
    public async Task When_one_of_a_job_and_a_policy_is_wrong_neither_is_there_afterwards(string job, string vaults, string code, string says)
    {
        var (status, problem) = await ApplyAsync(dev.Admin.Http, $"{job}---\n{Policy("/srv/one").Replace("vaults: office", vaults, StringComparison.Ordinal)}");

        Assert.Equal((HttpStatusCode.BadRequest, code), (status, problem.GetProperty("code").GetString()));
        Assert.Contains(says, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(await NamesAsync("policies"));
        Assert.Empty(await NamesAsync("jobs"));
    }

    [Fact]
    public async Task Nobody_below_an_administrator_applies_a_policy_whichever_way_they_come()
    {
        foreach (var level in (string[])["viewer", "operator"])
        {
            using var api = await dev.WithTokenAsync(level);
            var (status, problem) = await ApplyAsync(api.Http, Policy("/srv/one"));
            Assert.Equal((HttpStatusCode.Forbidden, "access.denied"), (status, problem.GetProperty("code").GetString()));

            // As the command line comes: through the agent, which says who it is.
            using var socket = dev.OnSocket("agent.sock");
            socket.DefaultRequestHeaders.Add("Holdfast-Caller", $"{level};socket;user%20ann");
            var (onSocket, refused) = await ApplyAsync(socket, Policy("/srv/one"), "v1/management/service/api/v1/apply");
            Assert.Equal((HttpStatusCode.Forbidden, "access.denied"), (onSocket, refused.GetProperty("code").GetString()));
            Assert.Contains("user ann", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        Assert.Empty(await NamesAsync("policies"));
    }

    private static string Policy(string tree, string more = "") => $"kind: Policy\nname: gold\nthings: [{{ tree: {tree}{more} }}]\nvaults: office\nschedule: {{ when: on-demand, not-on: [sat, sun] }}\n";

    private async Task<JsonElement> AppliedAsync(string yaml, bool dryRun = false)
    {
        var (status, answer) = await ApplyAsync(dev.Admin.Http, yaml, $"api/v1/apply?dryRun={(dryRun ? "true" : "false")}");
        Assert.True(status == HttpStatusCode.OK, answer.ToString());
        return answer;
    }

    private async Task<(HttpStatusCode Status, JsonElement Answer)> ApplyAsync(HttpClient http, string yaml, string path = "api/v1/apply")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(yaml, Encoding.UTF8, "application/yaml") };
        if (http == dev.Admin.Http) request.Headers.Add("Holdfast-Csrf", dev.Admin.Csrf);
        using var answer = await http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    private async Task<string[]> NamesAsync(string list) => [.. (await dev.Admin.GetAsync(list)).EnumerateArray().Select(item => item.GetProperty("name").GetString()!)];

    private static IEnumerable<string> Roles(JsonElement answer) => answer.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("role").GetString()!);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await condition()) await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, limit.Token);
    }
}
