using System.Net;
using System.Net.Sockets;
using Holdfast.Agent.Doors;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Resources.Management;

/// <summary>The management service on this node: online when it answers on its socket, and ill when it does not any more.</summary>
internal sealed class ManagementResource(ResourceContext context, IResource process) : IResource
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);
    private readonly string _socket = ManagementRole.SocketIn(context.RunDirectory);

    public TimeSpan? CheckInterval => TimeSpan.FromSeconds(5);

    public int ProcessId => process.ProcessId;

    public Task OnlineAsync(HeldUnit? held, CancellationToken cancellationToken) => process.OnlineAsync(held, cancellationToken);

    public async Task UntilReadyAsync(CancellationToken cancellationToken)
    {
        while (!await AcceptsAsync(cancellationToken)) await Task.Delay(Pause, context.Time, cancellationToken);
    }

    public Task OfflineAsync(CancellationToken cancellationToken) => process.OfflineAsync(cancellationToken);

    public async Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient(UnixHttp.HandlerFor(_socket));
        using var limit = new CancellationTokenSource(AnswerLimit, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var answer = await http.GetAsync(new Uri("http://management/health/service"), either.Token);
            return answer.StatusCode == HttpStatusCode.OK ? null : $"it answers {(int)answer.StatusCode}";
        }
        catch (HttpRequestException exception)
        {
            return $"it cannot be reached on {_socket}: {exception.Message}";
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return $"it did not answer within {AnswerLimit.TotalSeconds} s";
        }
    }

    private async Task<bool> AcceptsAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
