using System.Collections.Immutable;
using System.Globalization;
using Google.Protobuf;
using Holdfast.Cluster;
using Holdfast.Store.Etcd.Grpc;
using Holdfast.Store.Etcd.Protos;
using Holdfast.Store.State;

namespace Holdfast.Store.Etcd;

/// <summary>The store of a cluster of several machines: etcd, in its own API.</summary>
/// <remarks>
/// A commit is sent once (leases rule 1). It goes to another endpoint only when it is certain that the first never had it.
/// Reads change nothing and go to the next endpoint as soon as one is slow.
/// </remarks>
public sealed class EtcdClusterStore : IClusterStore
{
    private readonly EtcdOptions _options;
    private readonly EtcdKeys _keys;
    private readonly EtcdEndpoints _endpoints;

    /// <summary>Which etcd cluster the last read found, 0 before the first; leases rule 17.</summary>
    private ulong _clusterId;

    /// <summary>Connects in the background; no call waits for more than its own endpoint.</summary>
    public EtcdClusterStore(EtcdOptions options)
    {
        _options = options;
        _keys = new EtcdKeys(options.KeyPrefix);
        _endpoints = new EtcdEndpoints(options);
    }

    /// <summary>Uses these endpoints from now on, the preferred one first: the members changed.</summary>
    public void UseEndpoints(ImmutableArray<Uri> endpoints) => _endpoints.Use(endpoints);

    /// <inheritdoc/>
    public async Task<StoreView> ReadAsync(string prefix, CancellationToken cancellationToken)
    {
        var start = _keys.ToEtcd(prefix);
        var request = new RangeRequest { Key = start, RangeEnd = EtcdKeys.RangeEnd(start) };
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.ReadTimeout);
        RangeResponse response;
        try
        {
            response = await _endpoints.AskAsync(EtcdMethods.Range, request, deadline.Token);
        }
        catch (GrpcException e)
        {
            throw new StoreUnavailableException($"etcd refused to be read: {e.Message}.", e);
        }
        catch (StoreUnavailableException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }

        var records = ImmutableSortedDictionary.CreateBuilder<string, StoreRecord>(StringComparer.Ordinal);
        foreach (var pair in response.Kvs)
        {
            var key = _keys.FromEtcd(pair.Key);
            records.Add(key, new StoreRecord(key, pair.Value.Memory, pair.ModRevision));
        }

        Volatile.Write(ref _clusterId, response.Header.ClusterId);
        return new StoreView(StoreId(response.Header), response.Header.Revision, records.ToImmutable());
    }

    /// <inheritdoc/>
    /// <exception cref="HoldfastException"><c>store.transaction</c>: it could never be committed.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up; whether it was committed is then as unknown as with <see cref="CommitOutcome.Unknown"/>.</exception>
    public async Task<CommitOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        TransactionRules.Check(transaction);
        cancellationToken.ThrowIfCancellationRequested();
        var request = ToEtcd(transaction);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.CommitTimeout);
        var reason = "";
        foreach (var endpoint in _endpoints.Ranked)
        {
            try
            {
                // Not "hasleader": during an election the member keeps the proposal, and it succeeds late rather than fails.
                var term = endpoint.Term;
                var call = endpoint.Channel.CallAsync(EtcdMethods.Txn, request, requireLeader: false, deadline.Token);
                if (await PendingCommit.HopelessAsync(call, endpoint, term, _options.HeartbeatTimeout, deadline.Token) is { } why)
                {
                    call.Forget();
                    return new CommitOutcome.Unknown($"{endpoint.Channel.Address.Authority} did not answer: {why}.");
                }

                var response = await call;
                endpoint.Saw(response.Header.RaftTerm);
                return Outcome(response);
            }
            catch (GrpcException e) when (!e.MayHaveBeenSent)
            {
                // The one case in which another endpoint may be asked: this is still the first attempt.
                endpoint.Health = EndpointHealth.Down;
                reason = e.Message;
            }
            catch (GrpcException e) when (e.Code == GrpcCode.InvalidArgument)
            {
                throw new HoldfastException(ErrorKind.Invalid, "store.transaction", $"etcd refused the transaction: {e.Message}.", inner: e);
            }
            catch (GrpcException e)
            {
                return new CommitOutcome.Unknown(e.Message);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                endpoint.Health = EndpointHealth.Down; // Until its next heartbeat says otherwise.
                return new CommitOutcome.Unknown($"{endpoint.Channel.Address.Authority} did not answer within {_options.CommitTimeout.TotalMilliseconds:0} ms.");
            }
        }

        return new CommitOutcome.Unknown($"No etcd member can be reached: {reason}.");
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long afterRevision, CancellationToken cancellationToken) =>
        new EtcdWatch(_options, _keys, _endpoints, () => Volatile.Read(ref _clusterId)).FollowAsync(prefix, afterRevision, cancellationToken);

    /// <summary>Whether the next call goes to this endpoint first.</summary>
    internal bool Prefers(Uri endpoint) => _endpoints.Ranked[0].Channel.Address == endpoint;

    /// <summary>Closes the connections; every watch ends.</summary>
    public ValueTask DisposeAsync() => _endpoints.DisposeAsync();

    private TxnRequest ToEtcd(StoreTransaction transaction)
    {
        var request = new TxnRequest();
        foreach (var condition in transaction.Conditions)
        {
            // A key that does not exist compares as revision 0.
            request.Compare.Add(new Compare { Target = Compare.Types.Target.Mod, Key = _keys.ToEtcd(condition.Key), ModRevision = condition.Revision });
        }

        foreach (var write in transaction.Writes)
        {
            var key = _keys.ToEtcd(write.Key);
            request.Success.Add(write.Value is { } value
                ? new RequestOp { RequestPut = new PutRequest { Key = key, Value = UnsafeByteOperations.UnsafeWrap(value) } }
                : new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = key } });
        }

        if (transaction.Writes.IsEmpty)
        {
            // etcd takes a transaction without operations for one that may be answered from stale state. A linearizable
            // read in it makes the conditions be judged against the present.
            request.Success.Add(new RequestOp { RequestRange = new RangeRequest { Key = _keys.ToEtcd(""), CountOnly = true } });
        }

        return request;
    }

    private CommitOutcome Outcome(TxnResponse response)
    {
        var known = Volatile.Read(ref _clusterId);
        if (known != 0 && known != response.Header.ClusterId)
        {
            return new CommitOutcome.Unknown($"Another store answered: {StoreId(response.Header)}.");
        }

        return response.Succeeded ? new CommitOutcome.Committed(response.Header.Revision) : new CommitOutcome.Conflict(response.Header.Revision);
    }

    private static string StoreId(ResponseHeader header) => header.ClusterId.ToString("x", CultureInfo.InvariantCulture);
}
