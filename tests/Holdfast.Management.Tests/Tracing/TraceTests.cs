using System.Diagnostics;
using System.Text;
using Holdfast.Management.Tests.Service;

namespace Holdfast.Management.Tests.Tracing;

/// <summary>Spans from the request to what it leads to, over all processes that take part.</summary>
[Collection(DevCollection.Name)]
public sealed class TraceTests(DevService untraced) : IAsyncLifetime
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Asker = "00f067aa0ba902b7";
    private TraceReceiver _receiver = null!;
    private DevService _traced = null!;

    public async Task InitializeAsync()
    {
        _receiver = await TraceReceiver.StartAsync();
        _traced = new DevService { Variables = Variables() };
        await _traced.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await _traced.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task What_a_browser_or_a_command_asks_for_is_one_trace_down_to_the_workers_program()
    {
        var file = Path.Combine(_traced.State, "told");
        using (var applied = await _traced.Admin.SendAsync(HttpMethod.Post, "apply", new StringContent($"kind: Job\nname: hello\nrun: command\nuser: {Environment.UserName}\ncommand: [/bin/sh, -c, 'echo $TRACEPARENT >>{file}']\n", Encoding.UTF8, "application/yaml")))
            Assert.True(applied.IsSuccessStatusCode, await applied.Content.ReadAsStringAsync());

        using (var asked = new HttpRequestMessage(HttpMethod.Post, "api/v1/jobs/hello/run"))
        {
            asked.Headers.Add("Holdfast-Csrf", _traced.Admin.Csrf);
            asked.Headers.Add("traceparent", $"00-{Trace}-{Asker}-01");
            using var answer = await _traced.Admin.Http.SendAsync(asked);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }

        var run = await _receiver.WaitForAsync(span => span is { Trace: Trace, Name: "job run" });
        var program = await _receiver.WaitForAsync(span => span is { Trace: Trace, Name: "program" });
        Assert.Equal(
            [
                ("holdfast-agent", "program"), ("holdfast-agent", "job run"), ("holdfast-agent", "agent POST /v1/jobs/{job}/run"), ("holdfast-management", "ask agent"),
                ("holdfast-management", "management POST /api/v1/jobs/{job}/run"), ("holdfast-agent", "pass on here"), ("holdfast-agent", "door POST"),
            ], WayUp(program).Select(span => (span.Service, span.Name)));
        Assert.Equal(Asker, WayUp(program)[^1].Parent);
        Assert.Equal("completed", run.Tags["holdfast.outcome"]);
        Assert.All(WayUp(program).Zip(WayUp(program).Skip(1)), pair => Assert.True(pair.First.Began >= pair.Second.Began, $"{pair.First} began before {pair.Second}"));
        Assert.Contains(_receiver.Spans, span => span is { Trace: Trace, Name: "store commit" } && span.Parent == run.Id && span.Tags["holdfast.store.keys"].Contains("ledger/hello", StringComparison.Ordinal));
        Assert.Equal($"00-{Trace}-{run.Id}-01", (await File.ReadAllTextAsync(file)).Trim());

        // A command is the first of its trace.
        await CommandAsync("job", "run", "hello", "--wait");
        var command = await _receiver.WaitForAsync(span => span.Name == "holdfast job run");
        var second = await _receiver.WaitForAsync(span => span.Trace == command.Trace && span.Name == "program");
        Assert.Equal(("holdfast", ""), (command.Service, command.Parent));
        Assert.Equal(command, WayUp(second)[^1]);

        // Nobody asked a node to renew its lease.
        Assert.DoesNotContain(_receiver.Spans, span => span.Tags.TryGetValue("holdfast.store.keys", out var keys) && keys.Contains("leases/", StringComparison.Ordinal));
        Assert.True(Loads(_traced), "The agent that sends spans has OpenTelemetry loaded, or this test cannot tell.");
        Assert.False(Loads(untraced), "OpenTelemetry is loaded where nobody wants spans.");
    }

    /// <summary>From a span to the first of its trace that arrived.</summary>
    private IReadOnlyList<SeenSpan> WayUp(SeenSpan span)
    {
        List<SeenSpan> way = [span];
        while (_receiver.Spans.FirstOrDefault(other => other.Trace == span.Trace && other.Id == way[^1].Parent) is { } parent) way.Add(parent);
        return way;
    }

    private async Task CommandAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(DevService.Root(), "dist", "holdfast"), [.. arguments, "--run-dir", _traced.State]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Variables()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await said);
    }

    private Dictionary<string, string> Variables() => new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _receiver.Address, ["OTEL_BSP_SCHEDULE_DELAY"] = "200" };

    /// <summary>Whether a process of the service has OpenTelemetry's code in its memory.</summary>
    private static bool Loads(DevService service) => Directory.EnumerateDirectories("/proc").Where(folder => Text(folder, "cmdline").Contains(service.State, StringComparison.Ordinal))
        .Any(folder => Text(folder, "maps").Contains("/OpenTelemetry", StringComparison.Ordinal));

    private static string Text(string folder, string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, name));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
