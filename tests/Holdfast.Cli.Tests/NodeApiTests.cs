using System.Text.Json;

namespace Holdfast.Cli.Tests;

public sealed class NodeApiTests
{
    private const string Done = """{"message":"It is done."}""";

    public static TheoryData<string, string> Acts => new()
    {
        { "node pause b", "POST /v1/nodes/b/pause" },
        { "node resume b", "POST /v1/nodes/b/resume" },
        { "node drain b", "POST /v1/nodes/b/drain" },
        { "node evict b", "POST /v1/nodes/b/evict" },
        { "node confirm-down b --yes", "POST /v1/nodes/b/confirm-down" },
        { "node revoke b --yes", "POST /v1/nodes/b/revoke" },
        { "node renew-certificate b", "POST /v1/nodes/b/renew-certificate" },
        { "access grant user:alice operator", "POST /v1/access {\"subject\":\"user:alice\",\"level\":\"operator\",\"label\":null}" },
        { "access revoke user:alice", "DELETE /v1/access/user:alice" },
        { "role move web", "POST /v1/roles/web/move {\"to\":null}" },
        { "role move web --to b", "POST /v1/roles/web/move {\"to\":\"b\"}" },
        { "role start web", "POST /v1/roles/web/start" },
        { "role stop web", "POST /v1/roles/web/stop" },
        { "role delete web", "DELETE /v1/roles/web" },
        { "delete web", "DELETE /v1/roles/web" },
        { "resource online web nginx", "POST /v1/roles/web/resources/nginx/online" },
        { "resource offline web nginx", "POST /v1/roles/web/resources/nginx/offline" },
        { "resource restart web nginx", "POST /v1/roles/web/resources/nginx/restart" },
    };

    [Theory]
    [MemberData(nameof(Acts))]
    public async Task An_act_is_one_request_and_its_answer_one_sentence(string line, string request)
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On(string.Join(' ', request.Split(' ')[..2]), Done);

        var ran = await agent.RunAsync(line.Split(' '));
        var json = await agent.RunAsync([.. line.Split(' '), "--json"]);

        Assert.Equal(("", 0, "It is done.\n"), (ran.Error, ran.Exit, ran.Out));
        Assert.Equal(Done + "\n", json.Out);
        Assert.Equal([request, request], agent.Asked);
    }

    [Fact]
    public async Task A_name_with_odd_characters_cannot_reach_another_path()
    {
        await using var agent = await FakeAgent.StartAsync();

        await agent.RunAsync("role", "stop", "../nodes/b/evict?x=");

        Assert.DoesNotContain(agent.Asked, asked => asked.Contains("/v1/nodes", StringComparison.Ordinal) && !asked.Contains("/v1/roles/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lists_are_tables_of_at_most_80_columns_and_json_arrays()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On("GET /v1/roles", $"[{Samples.Role()},{Samples.Role("orders", "waiting", null, "1.0", "released")}]");
        agent.On("GET /v1/nodes", $"[{Samples.Node()},{Samples.Node("b", "up", "draining")}]");

        var roles = await agent.RunAsync("role", "list");
        var nodes = await agent.RunAsync("node", "list");
        var json = JsonDocument.Parse((await agent.RunAsync("role", "list", "--json")).Out).RootElement;

        Assert.All(roles.Lines.Concat(nodes.Lines), line => Assert.True(line.Length <= 80, line));
        Assert.All(roles.Lines.Concat(nodes.Lines), line => Assert.Equal(line.TrimEnd(), line));
        Assert.StartsWith("ROLE ", roles.Lines[0], StringComparison.Ordinal);
        Assert.Contains("up, draining", nodes.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', roles.Out);
        Assert.Equal(2, json.GetArrayLength());
        Assert.Equal("assigned", json[0].GetProperty("phase").GetString());
        Assert.Equal(JsonValueKind.Null, json[1].GetProperty("owner").ValueKind);
    }

    [Fact]
    public async Task Json_is_printed_as_the_agent_wrote_it()
    {
        const string Document = """[ {"name":"web","added-in-a-later-version":{"ünicode":[1,2,null]}} ]""";
        await using var agent = await FakeAgent.StartAsync();
        agent.On("GET /v1/roles", Document + "\n");

        var ran = await agent.RunAsync("role", "list", "--json");

        Assert.Equal(("", 0, Document + "\n"), (ran.Error, ran.Exit, ran.Out));
    }

    [Fact]
    public async Task Enums_are_read_in_any_case_and_absent_values_as_none()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On("GET /v1/roles", """[{"name":"web","epoch":"1.0","phase":"Released","state":"waiting","reason":"No node.","desired":"Online","because":"","resources":[]}]""");

        var ran = await agent.RunAsync("role", "list");

        Assert.Equal(("", 0), (ran.Error, ran.Exit));
        Assert.Matches("web +waiting +- +1.0 +No node.", ran.Out);
    }

    [Fact]
    public async Task Status_shows_nodes_roles_and_warnings()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On("GET /v1/cluster", Samples.Status(Samples.Role(), Samples.Node(), "degraded", "\"Node b is down; bring it back.\""));

        var ran = await agent.RunAsync("cluster", "status");
        var json = JsonDocument.Parse((await agent.RunAsync("cluster", "status", "--json")).Out).RootElement;

        Assert.Contains("store degraded", ran.Out, StringComparison.Ordinal);
        Assert.Contains("! Node b is down; bring it back.", ran.Out, StringComparison.Ordinal);
        Assert.Equal(["name", "id", "profile", "revision", "answeredBy", "store", "nodes", "roles", "warnings"], json.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task Show_explain_and_standby_tell_a_role_to_a_person_and_to_a_program()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On("GET /v1/roles/web", Samples.Detail(Samples.Role()));
        agent.On("GET /v1/roles/web/explain", $$"""{"summary":{{Samples.Role()}},"why":"It is the first preferred owner.","evidence":["a is up"],"candidates":[{"node":"a","eligible":true,"rank":1,"reason":"preferred"},{"node":"b","eligible":false,"rank":0,"reason":"it is paused"}],"whatWouldChangeIt":["The loss of a."],"history":[{{Samples.Decision}}]}""");
        agent.On("GET /v1/roles/web/standby", """[{"node":"b","monitoring":"a","wouldWin":true,"expectedTakeoverMs":912.4,"reason":"It is next."}]""");

        var show = await agent.RunAsync("role", "show", "web");
        var explain = await agent.RunAsync("role", "explain", "web");
        var standby = await agent.RunAsync("role", "standby", "web");
        var json = JsonDocument.Parse((await agent.RunAsync("role", "explain", "web", "--json")).Out).RootElement;

        Assert.Contains("The lease of b ended.", show.Out, StringComparison.Ordinal);
        Assert.Contains("  roles:", show.Out, StringComparison.Ordinal);
        Assert.Contains("It is the first preferred owner.", explain.Out, StringComparison.Ordinal);
        Assert.Contains("it is paused", explain.Out, StringComparison.Ordinal);
        Assert.Contains("912 ms", standby.Out, StringComparison.Ordinal);
        Assert.Equal("a", json.GetProperty("candidates")[0].GetProperty("node").GetString());
        Assert.Equal("1.3", json.GetProperty("history")[0].GetProperty("epoch").GetString());
        Assert.Equal("nodeLost", json.GetProperty("history")[0].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Events_are_lines_or_an_array_and_following_them_gives_json_lines()
    {
        const string Event = """{"at":"2026-03-01T10:00:00+00:00","bootMs":1234.5,"node":"a","kind":"role.online","role":"web","resource":null,"epoch":"1.3","message":"Online.","because":null}""";
        await using var agent = await FakeAgent.StartAsync();
        agent.On("GET /v1/events?limit=2&role=web", $"[{Event}]");
        agent.Stream("GET /v1/events?limit=50&follow=true", [Event, "", Event]);

        var text = await agent.RunAsync("events", "--limit", "2", "--role", "web");
        var array = await agent.RunAsync("events", "--limit", "2", "--role", "web", "--json");
        var lines = await agent.RunAsync("events", "--follow", "--json");

        Assert.Matches("^2026-03-01 10:00:00Z a +role.online +web Online.\n$", text.Out);
        Assert.Equal(1, JsonDocument.Parse(array.Out).RootElement.GetArrayLength());
        Assert.Equal(2, lines.Lines.Length);
        Assert.All(lines.Lines, line => Assert.Equal("role.online", JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task Creating_a_cluster_tells_each_step_and_the_result()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.Stream("POST /v1/cluster", ["""{"step":"Made the certificate authority.","result":null,"problem":null}""", """{"step":null,"result":"Cluster office is ready.","problem":null}"""]);

        var ran = await agent.RunAsync("cluster", "create", "office", "--address", "10.0.0.11", "--node", "a", "--profile", "fast");

        Assert.Equal(("", 0), (ran.Error, ran.Exit));
        Assert.Equal("  Made the certificate authority.", ran.Lines[0]);
        Assert.Equal("Cluster office is ready.", ran.Lines[1]);
        Assert.Equal("""POST /v1/cluster {"name":"office","node":"a","address":"10.0.0.11","profile":"fast","singleNode":false,"store":null,"management":true,"managementAddress":null}""", agent.Asked.Single());
    }

    [Fact]
    public async Task A_join_that_is_refused_half_way_ends_with_the_problem()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.Stream("POST /v1/join", ["""{"step":"Asked 10.0.0.11."}""", """{"problem":{"type":"t","title":"t","status":403,"detail":"The token was used.","code":"token.used","hint":"Make another."}}"""]);

        var ran = await CommandLineRun.OfAsync(["node", "join", "--token", "-", "--address", "10.0.0.12", "--node", "b", "--run-dir", agent.Folder], input: "secret\n");

        Assert.Equal(6, ran.Exit);
        Assert.Equal("error: The token was used. Make another. [token.used]\n", ran.Error);
        Assert.Equal("""POST /v1/join {"token":"secret","node":"b","address":"10.0.0.12","witness":false,"client":false}""", agent.Asked.Single());
    }

    [Fact]
    public async Task A_stream_that_ends_without_a_result_is_an_error()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.Stream("POST /v1/cluster", ["""{"step":"Begun."}"""]);

        var ran = await agent.RunAsync("cluster", "create", "office", "--address", "10.0.0.11");

        Assert.Equal(1, ran.Exit);
    }

    [Fact]
    public async Task A_person_who_says_no_changes_nothing()
    {
        await using var agent = await FakeAgent.StartAsync();

        var ran = await CommandLineRun.OfAsync(["node", "evict", "b", "--run-dir", agent.Folder], input: "n\n", canAsk: true);

        Assert.Equal(2, ran.Exit);
        Assert.Empty(agent.Asked);
    }
}
