using Holdfast.Store.Etcd.Grpc;
using Holdfast.Store.Etcd.Protos;

namespace Holdfast.Store.Etcd;

/// <summary>A commit that was sent and is taking long: finds out early when no answer will come.</summary>
/// <remarks>
/// A member forwards proposals to the leader it knows. What it forwards to one that has just died is lost without a word, and
/// the member keeps its client waiting for seconds, longer than a lease lives. But the member tells of the next leader within
/// an election, and what it had held back for that one is answered at once. So when a new leader is there and the answer is
/// not, the outcome is unknown, and the caller may look.
/// </remarks>
internal static class PendingCommit
{
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(75);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(75);

    /// <summary>Waits for an answer as long as there is hope for one; returns why there is none left, or null when it came or failed.</summary>
    public static async Task<string?> HopelessAsync(Task call, EtcdEndpoint endpoint, ulong sentInTerm, TimeSpan heartbeatTimeout, CancellationToken cancellationToken)
    {
        for (var wait = Slow; !await call.EndsWithinAsync(wait, cancellationToken); wait = AskAgain)
        {
            var asking = endpoint.Channel.CallAsync(EtcdMethods.Status, new StatusRequest(), requireLeader: false, cancellationToken);
            if (!await asking.EndsWithinAsync(heartbeatTimeout, cancellationToken))
            {
                asking.Forget();
                endpoint.Health = EndpointHealth.Down;
                return call.IsCompleted ? null : "it gives no sign of life";
            }

            try
            {
                var status = await asking;
                if (status.Leader != 0 && status.RaftTerm > sentInTerm)
                {
                    endpoint.Saw(status.RaftTerm);
                    return await call.EndsWithinAsync(Grace, cancellationToken) ? null : "the leader changed meanwhile";
                }
            }
            catch (GrpcException)
            {
                // The connection is gone, and the call with it.
            }
        }

        return null;
    }
}
