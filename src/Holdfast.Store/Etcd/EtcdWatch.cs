using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Holdfast.Store.Etcd.Grpc;
using Holdfast.Store.Etcd.Protos;
using Holdfast.Store.State;

namespace Holdfast.Store.Etcd;

/// <summary>One watch: a stream from one member that is gap-free, notices its own death, and never reconnects by itself.</summary>
/// <remarks>
/// <para>It watches everything under the store's key prefix and picks out the asked one here. So each commit of the cluster
/// moves every watch on, in order with the changes. etcd's answers to progress requests cannot be used for that: members
/// before 3.4.25 and 3.5.8 send them past changes that are still queued (etcd issue 15220). Here they are a sign of life only.</para>
/// <para>It starts at the revision already seen rather than at the next one, and drops it: a watch from revision n succeeds
/// although a compaction at n has removed the deletions of n.</para>
/// </remarks>
internal sealed class EtcdWatch(EtcdOptions options, EtcdKeys keys, EtcdEndpoints endpoints, Func<ulong> clusterId)
{
    private const long WatchId = 1;

    private static readonly WatchRequest ProgressRequest = new() { ProgressRequest = new WatchProgressRequest() };

    /// <summary>See <see cref="IClusterStore.WatchAsync"/>.</summary>
    public async IAsyncEnumerable<StoreChange> FollowAsync(string prefix, long afterRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = await OpenAsync(Math.Max(1, afterRevision), cancellationToken);
        await using var closing = endpoints.Closing.Register(stream.Cancel); // An open stream would outlive the connection pool.
        var seen = afterRevision;
        var events = new List<Event>();
        while (true)
        {
            var response = await NextAsync(stream, cancellationToken);
            ThrowIfOver(response);
            if (response.WatchId != WatchId || response.Created)
            {
                continue;
            }

            events.AddRange(response.Events);
            if (response.Fragment)
            {
                continue; // The rest of the same revisions follows.
            }

            var told = seen;
            foreach (var change in Changes(events, seen))
            {
                seen = change.Revision;
                var under = ChangeFeed.Under(prefix, change);
                if (!under.Changes.IsEmpty)
                {
                    told = seen;
                    yield return under;
                }
            }

            if (events.Count == 0)
            {
                // etcd's own periodic notice comes through the same queue as the changes: everything up to it was sent.
                seen = Math.Max(seen, response.Header.Revision);
            }

            if (told < seen)
            {
                yield return new StoreChange(seen, []);
            }

            events.Clear();
        }
    }

    private async Task<GrpcDuplex<WatchRequest, WatchResponse>> OpenAsync(long startRevision, CancellationToken cancellationToken)
    {
        var start = keys.ToEtcd("");
        var create = new WatchRequest
        {
            CreateRequest = new WatchCreateRequest
            {
                Key = start,
                RangeEnd = EtcdKeys.RangeEnd(start),
                StartRevision = startRevision,
                ProgressNotify = true,
                WatchId = WatchId,
                Fragment = true,
            },
        };
        GrpcException? last = null;
        foreach (var endpoint in endpoints.Ranked)
        {
            var stream = endpoint.Channel.OpenDuplex(EtcdMethods.Watch, requireLeader: true);
            try
            {
                await stream.SendAsync(create, cancellationToken).WaitAsync(options.WatchProbeTimeout, cancellationToken);
                return stream;
            }
            catch (Exception e) when (e is GrpcException or TimeoutException)
            {
                endpoint.Health = EndpointHealth.Down;
                last = e as GrpcException ?? new GrpcException(GrpcCode.Unavailable, $"{endpoint.Channel.Address.Authority} did not answer", mayHaveBeenSent: true, e);
                await stream.DisposeAsync();
            }
            catch
            {
                await stream.DisposeAsync();
                throw;
            }
        }

        throw Unavailable(last!);
    }

    // Silence is no proof of life: after a while the member is asked for a word, and must give it in time. Nothing runs
    // between two calls, so a reader that takes its time is not mistaken for a dead member.
    private async Task<WatchResponse> NextAsync(GrpcDuplex<WatchRequest, WatchResponse> stream, CancellationToken cancellationToken)
    {
        try
        {
            var next = stream.ReadAsync();
            if (!await next.EndsWithinAsync(options.WatchProbeInterval, cancellationToken))
            {
                var probe = stream.SendAsync(ProgressRequest, cancellationToken);
                if (!await next.EndsWithinAsync(options.WatchProbeTimeout, cancellationToken))
                {
                    probe.Forget();
                    next.Forget();
                    throw new GrpcException(GrpcCode.Unavailable, "the member gives no sign of life", mayHaveBeenSent: true);
                }

                probe.Forget();
            }

            return await next;
        }
        catch (GrpcException e)
        {
            throw endpoints.Closing.IsCancellationRequested ? new StoreUnavailableException("The store was closed.") : Unavailable(e);
        }
    }

    private void ThrowIfOver(WatchResponse response)
    {
        if (clusterId() is var known and not 0 && response.Header is { } header && header.ClusterId != known)
        {
            throw new StoreUnavailableException($"The watch was answered by another store, {header.ClusterId:x}.");
        }

        if (response.Canceled)
        {
            throw response.CompactRevision > 0
                ? new StoreCompactedException(response.CompactRevision)
                : new StoreUnavailableException($"etcd ended the watch: {response.CancelReason}.");
        }
    }

    /// <summary>Groups events by revision; etcd sends them in order, and may send several revisions at once.</summary>
    private IEnumerable<StoreChange> Changes(List<Event> events, long after)
    {
        for (var i = 0; i < events.Count;)
        {
            var revision = events[i].Kv.ModRevision;
            var items = ImmutableArray.CreateBuilder<StoreChange.Item>();
            for (; i < events.Count && events[i].Kv.ModRevision == revision; i++)
            {
                var pair = events[i].Kv;
                items.Add(new(keys.FromEtcd(pair.Key), events[i].Type == Event.Types.Type.Delete ? null : (ReadOnlyMemory<byte>?)pair.Value.Memory));
            }

            if (revision > after)
            {
                yield return new StoreChange(revision, items.DrainToImmutable());
            }
        }
    }

    private static StoreUnavailableException Unavailable(GrpcException e) => new($"The watch was lost: {e.Message}.", e);
}
