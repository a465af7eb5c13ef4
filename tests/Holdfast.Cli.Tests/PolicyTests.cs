namespace Holdfast.Cli.Tests;

public sealed class PolicyTests : IDisposable
{
    private const string Service = "/v1/management/service/api/v1";
    private const string Mixed = "roles: { web: {} }\n---\nkind: Policy\nname: gold\nthings: [{ tree: /srv }]\nvaults: office\nschedule: every 1h\n";
    private const string Gold = """{"name":"gold","suspended":false,"things":[{"kind":"tree","name":"/srv"}],"vaults":["office"],"schedule":{"when":"every 1h","notOn":["sat"]},"rpoSeconds":7200}""";
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_with_a_policy_goes_to_the_management_service_whole()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On($"POST {Service}/apply?dryRun=false", """{"changes":[{"role":"web","action":"create","fields":[],"restarts":[]},{"role":"gold-srv-1","action":"create","fields":[],"restarts":[]}],"policies":[{"policy":"gold","action":"create"}]}""");

        var ran = await agent.RunAsync("apply", "-f", await FileAsync(Mixed));

        Assert.Equal(("Policy gold: created.\nRole web: created.\nRole gold-srv-1: created.\n", 0), (ran.Out, ran.Exit));
        Assert.Equal($"POST {Service}/apply?dryRun=false {Mixed}", Assert.Single(agent.Asked));
    }

    [Theory]
    [InlineData("apply")]
    [InlineData("diff")]
    [InlineData("delete")]
    public async Task Where_nobody_owns_the_management_service_nothing_is_asked_of_anybody_else(string verb)
    {
        await using var agent = await FakeAgent.StartAsync();
        foreach (var request in (string[])[$"POST {Service}/apply?dryRun=false", $"POST {Service}/apply?dryRun=true", $"DELETE {Service}/policies/gold"]) agent.Refuse(request, 503, "management.away");

        var ran = await agent.RunAsync(verb, "-f", await FileAsync(Mixed));

        Assert.NotEqual(0, ran.Exit);
        Assert.Contains("[management.away]", ran.Error, StringComparison.Ordinal);
        Assert.StartsWith($"{(verb == "delete" ? "DELETE" : "POST")} {Service}", Assert.Single(agent.Asked), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_by_file_deletes_its_policies_before_its_roles()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On($"DELETE {Service}/policies/gold", """{"message":"gold is gone."}""").On("DELETE /v1/roles/web", """{"message":"web is gone."}""");

        var ran = await agent.RunAsync("delete", "-f", await FileAsync(Mixed));

        Assert.Equal(["gold is gone.", "web is gone."], ran.Lines);
    }

    [Fact]
    public async Task Policies_are_listed_and_shown_as_they_are_declared()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On($"GET {Service}/policies", $"[{Gold}]").On($"GET {Service}/policies/gold", Gold)
            .On($"GET {Service}/things?policy=gold", """[{"name":"/srv","kind":"tree","policy":"gold","key":"tree:/srv","state":"broken","rtoState":"met","proofState":"met","sentence":"There is no snapshot yet."}]""");

        var (list, show) = (await agent.RunAsync("policy", "list"), await agent.RunAsync("policy", "show", "gold"));

        Assert.Equal(("", 0), (list.Error, list.Exit));
        Assert.Contains(list.Lines, line => line.StartsWith("gold", StringComparison.Ordinal) && line.Contains("every 1h", StringComparison.Ordinal) && line.EndsWith("tree /srv", StringComparison.Ordinal));
        Assert.Equal(("", 0), (show.Error, show.Exit));
        Assert.Contains("not-on: [sat]", show.Out, StringComparison.Ordinal);
        Assert.Contains("There is no snapshot yet.", show.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preview_tells_mistakes_notes_and_jobs()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On($"POST {Service}/policies/gold/preview", """{"problems":[],"warnings":[{"field":"retention.keep","message":"is not given."}],"diff":"+ roles.gold-srv-1","jobs":[{"name":"gold-srv-1","action":"create","purpose":"backup","thing":"tree:/srv","vault":"office"}]}""");

        var ran = await agent.RunAsync("policy", "preview", "-f", await FileAsync(Mixed));

        Assert.Equal(["Policy gold:", "  note: retention.keep is not given.", "  create gold-srv-1 (backup of tree:/srv to office)", "    + roles.gold-srv-1"], ran.Lines);
    }

    [Fact]
    public async Task A_file_is_checked_with_its_policies_without_an_agent()
    {
        var well = await CommandLineRun.OfAsync(["config", "check", await FileAsync(Mixed)]);
        var wrong = await CommandLineRun.OfAsync(["config", "check", await FileAsync(Mixed.Replace("schedule", "schedul", StringComparison.Ordinal))]);

        Assert.EndsWith("is well: 1 role (web), 1 policy (gold).\n", well.Out, StringComparison.Ordinal);
        Assert.Contains("did you mean 'schedule'", wrong.Error, StringComparison.Ordinal);
        Assert.Contains(":7:", wrong.Error, StringComparison.Ordinal); // The line in the file.
    }

    private async Task<string> FileAsync(string text)
    {
        var file = Path.Combine(_folder, $"{Guid.NewGuid():n}.yaml");
        await File.WriteAllTextAsync(file, text);
        return file;
    }
}
