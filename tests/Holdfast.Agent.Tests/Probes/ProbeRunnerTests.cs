using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Holdfast.Agent.Probes;
using Holdfast.Agent.Tests.Resources;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Tests.Probes;

public sealed class ProbeRunnerTests : IDisposable
{
    private readonly ProbeRunner _runner = new(TimeProvider.System);

    public void Dispose() => _runner.Dispose();

    [Fact]
    public async Task A_tcp_probe_passes_while_somebody_listens()
    {
        using var listener = Listen();
        var target = listener.LocalEndpoint.ToString()!;

        Assert.True((await AskAsync(ProbeKind.Tcp, target)).Passed);
        listener.Stop();
        Assert.Equal($"tcp {target}: connection refused", (await AskAsync(ProbeKind.Tcp, target)).Reason);
    }

    [Theory]
    [InlineData("200 OK", null)]
    [InlineData("302 Found\r\nLocation: http://192.0.2.1/", null)]
    [InlineData("404 Not Found", "status 404")]
    [InlineData("503 Service Unavailable", "status 503")]
    public async Task An_http_probe_passes_from_200_to_399_and_follows_nothing(string answer, string? complaint)
    {
        using var listener = Listen();
        var url = $"http://{listener.LocalEndpoint}/health";
        var serving = ServeOnceAsync(listener, $"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n");

        var outcome = await AskAsync(ProbeKind.Http, url);

        Assert.Equal(complaint is null ? null : $"http {url}: {complaint}", outcome.Reason);
        Assert.StartsWith("GET /health HTTP/1.1", await serving, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_accepts_and_never_answers_counts_as_failed()
    {
        using var listener = Listen();
        var url = $"http://{listener.LocalEndpoint}/";

        var outcome = await AskAsync(ProbeKind.Http, url, timeout: TimeSpan.FromMilliseconds(100));

        Assert.Equal($"http {url}: no answer within 100ms", outcome.Reason);
    }

    [Fact]
    public async Task An_http_probe_of_a_closed_port_says_so()
    {
        var listener = Listen();
        var url = $"http://{listener.LocalEndpoint}/";
        listener.Stop();

        Assert.Equal($"http {url}: connection refused", (await AskAsync(ProbeKind.Http, url)).Reason);
    }

    [Theory]
    [InlineData(0, false, "", null)]
    [InlineData(2, false, "noise\nno response\n", "command pg_isready: exit 2: no response")]
    [InlineData(137, true, "", "command pg_isready: no answer within 2s")]
    [InlineData(1, false, "", "command pg_isready: exit 1: it printed nothing")]
    public async Task A_command_probe_runs_inside_the_unit_as_its_user(int exitCode, bool timedOut, string output, string? reason)
    {
        await using var leash = new FakeLeash { OnRun = _ => new RunResult(exitCode, timedOut, output) };
        var context = TestRole.Context(TestRole.Of("{ type: process, command: sleep 1, user: daemon, environment: { PGPORT: '1' } }"), leash);

        var outcome = await _runner.AskAsync(new ProbeSpec { Kind = ProbeKind.Command, Command = ["pg_isready", "-q"] }, ProbeContext.Of(context), CancellationToken.None);

        Assert.Equal(reason, outcome.Reason);
        var run = leash.Runs.Single();
        Assert.Equal(("orders/it", "daemon", TimeSpan.FromSeconds(2)), (run.Unit, run.User, run.Timeout));
        Assert.Contains("PGPORT=1", run.Environment);
    }

    [Fact]
    public async Task Giving_up_is_not_an_answer()
    {
        using var listener = Listen();
        using var giveUp = new CancellationTokenSource();
        var asking = AskAsync(ProbeKind.Http, $"http://{listener.LocalEndpoint}/", TimeSpan.FromMinutes(5), giveUp.Token);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static async Task<string> ServeOnceAsync(TcpListener listener, string answer)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var request = new byte[4096];
        var length = await stream.ReadAsync(request);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        return Encoding.ASCII.GetString(request, 0, length);
    }

    private async Task<ProbeOutcome> AskAsync(ProbeKind kind, string target, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        await using var leash = new FakeLeash();
        var context = ProbeContext.Of(TestRole.Context(TestRole.Of("{ type: process, command: sleep 1 }"), leash));
        return await _runner.AskAsync(new ProbeSpec { Kind = kind, Target = target, Timeout = timeout ?? TimeSpan.FromSeconds(20) }, context, cancellationToken);
    }
}
