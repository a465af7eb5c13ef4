using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Holdfast.Agent.Declarations;
using Holdfast.Agent.Resources;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Probes;

/// <summary>Asks once whether a resource works. When to ask, and how many failures count, is the role runner's.</summary>
public sealed class ProbeRunner(TimeProvider time) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false, // A redirect is an answer: the service works.
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.Zero, // A kept connection would go on working when no new client gets in.
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true }, // Asked by address; nothing secret is sent.
    })
    {
        Timeout = System.Threading.Timeout.InfiniteTimeSpan,
    };

    /// <summary>Asks once. No answer within the probe's timeout counts as failed.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="LeashRefusedException">The lease is over or the epoch closed: that says nothing about the resource.</exception>
    public async Task<ProbeOutcome> AskAsync(ProbeSpec probe, ProbeContext context, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(probe.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var complaint = probe.Kind switch
            {
                ProbeKind.Tcp => await AskTcpAsync(probe.Target!, linked.Token),
                ProbeKind.Http => await AskHttpAsync(probe.Target!, linked.Token),
                // The leash counts the time of a command and kills it; the caller's token is only for giving up.
                _ => await AskCommandAsync(probe, context, cancellationToken),
            };
            return complaint is null ? ProbeOutcome.Well : Failed(probe, complaint);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed(probe, $"no answer within {Durations.Format(probe.Timeout)}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static async Task<string?> AskTcpAsync(string target, CancellationToken cancellationToken)
    {
        var (host, port) = ProbeTarget.Split(target);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await client.ConnectAsync(host, port, cancellationToken);
            client.LingerState = new LingerOption(true, 0); // Reset on close: a probe every second shall leave no TIME_WAIT behind.
            return null;
        }
        catch (SocketException error)
        {
            return Describe(error.SocketErrorCode);
        }
    }

    private async Task<string?> AskHttpAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var status = (int)response.StatusCode;
            return status is >= 200 and < 400 ? null : string.Create(CultureInfo.InvariantCulture, $"status {status}");
        }
        catch (HttpRequestException error)
        {
            return error.InnerException is SocketException socket ? Describe(socket.SocketErrorCode) : error.InnerException?.Message ?? error.Message;
        }
    }

    private static async Task<string?> AskCommandAsync(ProbeSpec probe, ProbeContext context, CancellationToken cancellationToken)
    {
        try
        {
            var result = await context.Leash.RunAsync(new RunRequest
            {
                Unit = context.Unit,
                Warrant = context.Warrant,
                Command = [.. probe.Command],
                Environment = context.RunAs.Environment,
                User = context.RunAs.User,
                Directory = context.RunAs.Directory,
                Timeout = probe.Timeout,
            }, cancellationToken);
            return result.TimedOut ? $"no answer within {Durations.Format(probe.Timeout)}"
                : result.ExitCode != 0 ? $"exit {result.ExitCode.ToString(CultureInfo.InvariantCulture)}: {ResourceFailure.LastLine(result.Output)}"
                : null;
        }
        catch (LeashRefusedException refusal) when (refusal.Code == "leash.failed")
        {
            return refusal.Message; // Not executable, no such account: the command's fault.
        }
    }

    private static ProbeOutcome Failed(ProbeSpec probe, string complaint) => new(probe.Kind switch
    {
        ProbeKind.Tcp => $"tcp {probe.Target}: {complaint}",
        ProbeKind.Http => $"http {probe.Target}: {complaint}",
        _ => $"command {probe.Command[0]}: {complaint}",
    });

    private static string Describe(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.HostUnreachable => "no route to the host",
        SocketError.NetworkUnreachable => "network unreachable",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "the name has no address",
        SocketError.TimedOut => "connection timed out",
        SocketError.ConnectionReset => "connection reset",
        _ => new SocketException((int)error).Message,
    };
}
