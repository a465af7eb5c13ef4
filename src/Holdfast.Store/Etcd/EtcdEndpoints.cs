using System.Collections.Immutable;
using Google.Protobuf;
using Holdfast.Store.Etcd.Grpc;
using Holdfast.Store.Etcd.Protos;

namespace Holdfast.Store.Etcd;

/// <summary>All endpoints, which of them to use now, and the heartbeats that keep their connections warm and their state known.</summary>
internal sealed class EtcdEndpoints : IAsyncDisposable
{
    /// <summary>How long to wait when every endpoint just refused: an election takes a quarter of a second.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    private readonly EtcdOptions _options;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _disposing = new();
    private volatile EtcdEndpoint[] _all = [];
    private ImmutableDictionary<EtcdEndpoint, Task> _heartbeats = ImmutableDictionary<EtcdEndpoint, Task>.Empty;
    private bool _disposed;

    public EtcdEndpoints(EtcdOptions options)
    {
        _options = options;
        Closing = _disposing.Token;
        Use(options.Endpoints);
    }

    /// <summary>Uses these addresses from now on, the preferred one first; those used before keep their connections.</summary>
    public void Use(ImmutableArray<Uri> addresses)
    {
        lock (_gate)
        {
            var known = _all;
            if (known.Select(endpoint => endpoint.Channel.Address).SequenceEqual(addresses)) return;
            _all = [.. addresses.Select(address => known.FirstOrDefault(endpoint => endpoint.Channel.Address == address) ?? new EtcdEndpoint(address, _options))];
            foreach (var added in _all.Except(known)) _heartbeats = _heartbeats.Add(added, HeartbeatAsync(added));
            foreach (var gone in known.Except(_all))
            {
                gone.Health = EndpointHealth.Down;
                _heartbeats = _heartbeats.Remove(gone);
                gone.Dispose();
            }
        }
    }

    /// <summary>Gets the token that is cancelled when the store is closed.</summary>
    public CancellationToken Closing { get; }

    /// <summary>Gets the endpoints in the order to try them: the healthy first, and among those the preferred.</summary>
    public EtcdEndpoint[] Ranked => _all is var all && all[0].Health == EndpointHealth.Good ? all : [.. all.OrderBy(endpoint => endpoint.Health)];

    /// <summary>
    /// Asks a question that changes nothing, of one endpoint after another until one answers; a slow one is not waited for
    /// before the next is asked. The token must carry a deadline.
    /// </summary>
    /// <exception cref="GrpcException">An answer that another endpoint would give too.</exception>
    /// <exception cref="StoreUnavailableException">Nobody answered before the token was cancelled.</exception>
    public async Task<TResponse> AskAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var ranked = Ranked;
        var pending = new List<Task<TResponse>>(1);
        GrpcException? last = null;
        using var losers = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            for (var attempt = 0; !cancellationToken.IsCancellationRequested; attempt++)
            {
                if (attempt > 0 && attempt % ranked.Length == 0)
                {
                    await Task.WhenAny(Task.Delay(Pause, TimeProvider.System, cancellationToken)); // WhenAny: a cancellation ends the loop, above.
                    ranked = Ranked;
                }

                pending.Add(CallAsync(ranked[attempt % ranked.Length], method, request, losers.Token));
                var hedge = Task.Delay(_options.HedgeDelay, TimeProvider.System, losers.Token);
                while (pending.Count > 0)
                {
                    var done = await Task.WhenAny([.. pending, hedge]);
                    if (done == hedge)
                    {
                        break;
                    }

                    var answer = (Task<TResponse>)done;
                    pending.Remove(answer);
                    try
                    {
                        return await answer;
                    }
                    catch (GrpcException e) when (e.Code is not (GrpcCode.InvalidArgument or GrpcCode.PermissionDenied or GrpcCode.Unauthenticated))
                    {
                        last = e;
                    }
                    catch (OperationCanceledException)
                    {
                        // The deadline, or the caller; the loop ends.
                    }
                }
            }
        }
        finally
        {
            await losers.CancelAsync();
            foreach (var loser in pending)
            {
                loser.Forget();
            }
        }

        throw new StoreUnavailableException($"No etcd member answered: {last?.Message ?? "none was heard from in time"}.", last);
    }

    /// <summary>Calls one endpoint and takes note of how it went.</summary>
    public static async Task<TResponse> CallAsync<TRequest, TResponse>(EtcdEndpoint endpoint, GrpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        try
        {
            return await endpoint.Channel.CallAsync(method, request, requireLeader: true, cancellationToken);
        }
        catch (GrpcException e) when (!e.MayHaveBeenSent)
        {
            endpoint.Health = EndpointHealth.Down;
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        await _disposing.CancelAsync();
        await Task.WhenAll(_heartbeats.Values);
        foreach (var endpoint in _all)
        {
            endpoint.Dispose();
        }

        _disposing.Dispose();
    }

    // A heartbeat is also the only way back for an endpoint that was found to be down.
    private async Task HeartbeatAsync(EtcdEndpoint endpoint)
    {
        using var timer = new PeriodicTimer(_options.HeartbeatInterval);
        try
        {
            do
            {
                endpoint.Health = await CheckAsync(endpoint);
            }
            while (await timer.WaitForNextTickAsync(Closing) && _all.Contains(endpoint));
        }
        catch (OperationCanceledException) when (Closing.IsCancellationRequested)
        {
        }
        catch (ObjectDisposedException)
        {
            // It was taken out of use while it was asked.
        }
    }

    private async Task<EndpointHealth> CheckAsync(EtcdEndpoint endpoint)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Closing);
        deadline.CancelAfter(_options.HeartbeatTimeout);
        try
        {
            var status = await endpoint.Channel.CallAsync(EtcdMethods.Status, new StatusRequest(), requireLeader: false, deadline.Token);
            endpoint.Saw(status.RaftTerm);
            return status.Leader == 0 ? EndpointHealth.Leaderless : EndpointHealth.Good;
        }
        catch (GrpcException)
        {
            return EndpointHealth.Down;
        }
        catch (OperationCanceledException) when (!Closing.IsCancellationRequested)
        {
            return EndpointHealth.Down;
        }
    }
}
