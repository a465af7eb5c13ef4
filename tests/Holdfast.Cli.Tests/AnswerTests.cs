namespace Holdfast.Cli.Tests;

public sealed class AnswerTests
{
    [Theory]
    [InlineData("true", 0, "Yes")]
    [InlineData("false", 4, "No")]
    public async Task Whether_a_node_can_be_restarted_is_also_the_exit_code(string yes, int exit, string begins)
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On("GET /v1/nodes/b/reboot", $$"""{"node":"b","yes":{{yes}},"reasons":["While b is away, one more voter lost stops the cluster."],"moves":[{"role":"web","from":"b","to":"c","outcome":"moves","expectedMs":1240,"reason":"2 measured starts on c"}],"losesRedundancy":["db"]}""");

        var ran = await agent.RunAsync("can-i-reboot", "b");
        var json = await agent.RunAsync("can-i-reboot", "b", "--json");

        Assert.Equal((exit, exit), (ran.Exit, json.Exit));
        Assert.StartsWith(begins, ran.Out, StringComparison.Ordinal);
        Assert.Matches("web +b +c +move +1.2 s", ran.Out);
        Assert.Contains("nobody else could take over: db.", ran.Out, StringComparison.Ordinal);
        Assert.StartsWith("{\"node\":\"b\"", json.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_if_asks_for_the_nodes_named_and_without_any_for_the_map()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On("GET /v1/what-if?down=b%2Cc", """{"down":["b","c"],"store":"no-quorum","votes":"1 of 3 voters is left.","roles":[{"role":"web","from":"a","to":null,"outcome":"waits","expectedMs":null,"reason":"no majority"}]}""");
        agent.On("GET /v1/failures", """[{"down":["a"],"store":"ok","moves":["web"],"offline":["db"],"needsWord":["db"]}]""");

        var named = await agent.RunAsync("what-if", "--down", "b,c");
        var map = await agent.RunAsync("what-if");

        Assert.Contains("1 of 3 voters is left.", named.Out, StringComparison.Ordinal);
        Assert.Matches("web +a +- +wait +- +no majority", named.Out);
        Assert.Matches("a +ok +web +db \\(until confirm-down\\)", map.Out);
    }

    [Fact]
    public async Task The_doctor_shows_what_is_wrong_and_exits_with_4_when_something_cannot_work()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On("GET /v1/doctor", """{"works":false,"findings":[{"node":"b","check":"disk","level":"problem","what":"A flush takes 300 ms.","do":"Use a faster disk."},{"node":"a","check":"disk","level":"ok","what":"A flush takes 1 ms.","do":null}]}""");

        var ran = await agent.RunAsync("doctor");
        var all = await agent.RunAsync("doctor", "--all");

        Assert.Equal(4, ran.Exit);
        Assert.Matches("b +disk +problem +A flush takes 300 ms. Use a faster disk.", ran.Out);
        Assert.DoesNotContain("1 ms", ran.Out, StringComparison.Ordinal);
        Assert.Contains("1 problem, 0 warnings; 1 looked at and as they should be.", ran.Out, StringComparison.Ordinal);
        Assert.Contains("A flush takes 1 ms.", all.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_repairs_what_it_is_asked_to_and_only_then()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On("GET /v1/doctor", """{"works":true,"findings":[{"node":"b","check":"names","level":"warning","what":"files/web takes b for the name of its machine.","do":"Repair it.","repair":"files/web"}]}""");

        var looked = await agent.RunAsync("doctor"); // The repair is not known to this agent yet: asking for it would fail.
        agent.On("POST /v1/roles/files/resources/web/use-network-name", """{"message":"files/web takes the network name."}""");
        var repaired = await agent.RunAsync("doctor", "--repair");

        Assert.Equal((0, 0), (looked.Exit, repaired.Exit));
        Assert.Contains("files/web takes the network name.", repaired.Out, StringComparison.Ordinal);
    }
}
