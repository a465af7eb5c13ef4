using Microsoft.AspNetCore.Http;

namespace Holdfast.Cli.Tests;

public sealed class UpgradeTests
{
    private const string Walk = "POST /v1/upgrade?finish=false";

    [Fact]
    public async Task A_walk_that_restarts_the_agent_it_was_asked_of_goes_on_when_another_answers()
    {
        var (walks, looks) = (0, 0);
        await using var agent = await FakeAgent.StartAsync();
        agent.On(Walk, async http =>
        {
            http.Response.ContentType = "application/x-ndjson";
            await http.Response.WriteAsync(++walks == 1 ? """{"step":"a: restarts"}""" + "\n" + """{"again":true}""" + "\n" : """{"step":"a: runs 2"}""" + "\n" + """{"result":"Every node runs 2."}""" + "\n");
        });
        agent.On("GET /v1/agent", async http =>
        {
            var state = ++looks switch { 1 => "member", 2 => "", 3 => "fenced", _ => "member" }; // Still the old one, none, the new one without a lease.
            if (state.Length == 0) http.Response.StatusCode = 503;
            else await http.Response.WriteAsync($$"""{"version":"2","node":"a","cluster":"office","state":"{{state}}","reason":"so"}""");
        });

        var ran = await agent.RunAsync("cluster", "upgrade");

        Assert.Equal(("", 0), (ran.Error, ran.Exit));
        Assert.Equal(["  a: restarts", "  a: runs 2", "Every node runs 2."], ran.Lines);
        Assert.Equal((2, 4), (walks, looks));
    }

    [Fact]
    public async Task A_walk_that_stops_says_at_which_node_and_what_to_do()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.Stream(Walk, ["""{"step":"c: restarts"}""", """{"problem":{"type":"t","title":"T","status":503,"detail":"Node c did not come back on 2.","code":"upgrade.not-back","hint":"Look there."}}"""]);

        var ran = await agent.RunAsync("cluster", "upgrade");

        Assert.Equal(5, ran.Exit);
        Assert.Equal("error: Node c did not come back on 2. Look there. [upgrade.not-back]\n", ran.Error);
    }

    [Fact]
    public async Task What_every_node_runs_is_shown_without_touching_any()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On("GET /v1/upgrade", """{"format":1,"newest":2,"nodes":[{"node":"a","agent":"1","leash":"1","installed":"2","format":1},{"node":"b","agent":null,"leash":null,"installed":null,"format":null}]}""");

        var ran = await agent.RunAsync("cluster", "upgrade", "--check");

        Assert.Equal(0, ran.Exit);
        Assert.Contains("does not answer", ran.Out, StringComparison.Ordinal);
        Assert.Contains("The records have format 1; this build reads up to 2.", ran.Out, StringComparison.Ordinal);
        Assert.Equal("GET /v1/upgrade", Assert.Single(agent.Asked));
    }

    [Fact]
    public async Task To_look_and_to_finish_exclude_each_other() => Assert.Equal(2, (await CommandLineRun.OfAsync("cluster upgrade --check --finish")).Exit);
}
