using System.Text.Json;

namespace Holdfast.Cli.Tests;

public sealed class ErrorTests
{
    [Theory]
    [InlineData(400, "role.invalid", 2)]
    [InlineData(422, "role.invalid", 2)]
    [InlineData(404, "role.not-found", 3)]
    [InlineData(409, "role.busy", 4)]
    [InlineData(503, "cluster.quorum-lost", 5)]
    [InlineData(403, "caller.forbidden", 6)]
    [InlineData(500, "agent.fault", 1)]
    public async Task An_answer_of_the_agent_keeps_its_code_and_sets_the_exit_code(int status, string code, int exit)
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.Refuse("GET /v1/roles/web", status, code);

        var ran = await agent.RunAsync("role", "show", "web");
        var json = await agent.RunAsync("role", "show", "web", "--json");

        Assert.Equal(exit, ran.Exit);
        Assert.Equal($"error: It is so. Do this. [{code}]\n", ran.Error);
        Assert.Empty(ran.Out);
        Assert.Equal(exit, json.Exit);
        var problem = JsonDocument.Parse(json.Error).RootElement;
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal($"urn:holdfast:error:{code}", problem.GetProperty("type").GetString());
        Assert.Equal("It is so.", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Without_an_agent_the_error_says_how_to_start_one()
    {
        var folder = Directory.CreateTempSubdirectory("holdfast-cli-").FullName;

        var ran = await CommandLineRun.OfAsync(["role", "list", "--run-dir", folder]);

        Directory.Delete(folder);
        Assert.Equal(5, ran.Exit);
        Assert.Equal($"error: No Holdfast agent answers on {folder}/agent.sock. Start it: systemctl start holdfast (or 'holdfast dev' to try it out). [agent.not-running]\n", ran.Error);
    }

    [Fact]
    public async Task A_socket_path_that_no_system_can_open_is_refused_before_it_is_tried()
    {
        var ran = await CommandLineRun.OfAsync(["role", "list", "--run-dir", "/" + new string('x', 120)]);

        Assert.Equal(2, ran.Exit);
        Assert.Contains("[usage.path-too-long]", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_does_not_know_the_request_is_told_apart_from_a_missing_role()
    {
        await using var agent = await FakeAgent.StartAsync();

        var ran = await agent.RunAsync("role", "show", "web");

        Assert.Equal(3, ran.Exit);
        Assert.Contains("[agent.too-old]", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json at all")]
    [InlineData("{\"half\":")]
    [InlineData("null")]
    [InlineData("")]
    public async Task An_answer_that_cannot_be_read_is_one_line_and_exit_1(string body)
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On("GET /v1/roles", body);

        var ran = await agent.RunAsync("role", "list");
        var json = await agent.RunAsync("role", "list", "--json");

        Assert.Equal((1, ""), (json.Exit, json.Out));
        Assert.Contains("agent.bad-answer", json.Error, StringComparison.Ordinal);
        Assert.Equal(1, ran.Exit);
        Assert.Contains("[agent.bad-answer]", ran.Error, StringComparison.Ordinal);
        Assert.Equal(1, ran.Error.Count(c => c == '\n'));
    }

    [Fact]
    public async Task A_connection_that_breaks_in_the_middle_says_that_the_outcome_is_not_known()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.On("POST /v1/roles/web/stop", http =>
        {
            http.Abort();
            return Task.CompletedTask;
        });

        var ran = await agent.RunAsync("role", "stop", "web");

        Assert.Equal(5, ran.Exit);
        Assert.Contains("[agent.connection-lost]", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_mistake_of_a_declaration_is_one_line_and_several_are_listed()
    {
        await using var agent = await FakeAgent.StartAsync();
        var one = """{"type":"t","title":"t","status":400,"detail":"The declaration has a mistake. Nothing was changed.\n  f:1:1: roles.a: is wrong.","code":"declaration.invalid","hint":null}""";
        var two = """{"type":"t","title":"t","status":400,"detail":"The declaration has 2 mistakes. Nothing was changed.\n  roles.a: is wrong.\n  roles.b: is wrong.","code":"declaration.invalid","hint":null}""";

        agent.On("POST /v1/apply?dryRun=true", one, 400);
        Assert.Equal("error: The declaration has a mistake. Nothing was changed. f:1:1: roles.a: is wrong. [declaration.invalid]\n", (await agent.RunAsync("diff", "-f", "/dev/null")).Error);
        agent.On("POST /v1/apply?dryRun=true", two, 400);
        Assert.Equal("error: The declaration has 2 mistakes. Nothing was changed. [declaration.invalid]\n  roles.a: is wrong.\n  roles.b: is wrong.\n", (await agent.RunAsync("diff", "-f", "/dev/null")).Error);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        var ran = await CommandLineRun.OfAsync("config check /nowhere/roles.yaml");

        Assert.Equal(3, ran.Exit);
        Assert.Equal("error: There is no file '/nowhere/roles.yaml'. [file.not-found]\n", ran.Error);
    }

    [Fact]
    public async Task Interrupting_a_stream_exits_with_130_and_says_nothing()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.Stream("GET /v1/watch", [Samples.StatusOf(Samples.Role())], stay: true);
        using var interrupt = new CancellationTokenSource();
        var output = new SignallingWriter();

        var running = CommandLineRun.OfAsync(["cluster", "watch", "--run-dir", agent.Folder], interrupted: interrupt.Token, output: output);
        await output.Written.WaitAsync(TimeSpan.FromSeconds(60));
        await interrupt.CancelAsync();
        var ran = await running;

        Assert.Equal(130, ran.Exit);
        Assert.Empty(ran.Error);
    }

    /// <summary>Tells when something was written.</summary>
    private sealed class SignallingWriter : StringWriter
    {
        private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Written => _written.Task;

        public override void Flush() => _written.TrySetResult();
    }
}
