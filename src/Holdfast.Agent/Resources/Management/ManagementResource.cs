using System.Net;
using System.Net.Sockets;
using Holdfast.Agent.Doors;
using Holdfast.Cluster;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Resources.Management;

/// <summary>The management service on this node: online when it answers on its socket, and ill when it does not any more.</summary>
internal sealed class ManagementResource(ResourceContext context, IResource process) : IResource
{
    private const int LastWordsLength = 4096;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);
    private readonly string _socket = ManagementRole.SocketIn(context.RunDirectory);

    public TimeSpan? CheckInterval => TimeSpan.FromSeconds(5);

    public int ProcessId => process.ProcessId;

    public async Task OnlineAsync(HeldUnit? held, CancellationToken cancellationToken)
    {
        await process.OnlineAsync(held, cancellationToken);
        while (!await AcceptsAsync(cancellationToken))
        {
            // It says why it cannot start and ends at once: nothing is gained by waiting until the start's time is over.
            if (process.ProcessId != 0 && !Directory.Exists($"/proc/{process.ProcessId}")) throw new HoldfastException(ErrorKind.Unavailable, "management.ended", $"it ended while it started: {LastWords()}", $"Its log is {LogFile}.");
            await Task.Delay(Pause, context.Time, cancellationToken);
        }
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

    private string LogFile => Path.Combine(context.LogDirectory, $"{context.Role.Name}.{context.Resource.Name}.log");

    private string LastWords()
    {
        try
        {
            using var log = File.OpenRead(LogFile);
            log.Seek(-Math.Min(log.Length, LastWordsLength), SeekOrigin.End);
            using var reader = new StreamReader(log);
            return ResourceFailure.LastLine(reader.ReadToEnd());
        }
        catch (IOException)
        {
            return "it printed nothing";
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
