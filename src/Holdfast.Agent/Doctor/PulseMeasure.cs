using Holdfast.Agent.Api;
using Holdfast.Agent.Peers;
using Holdfast.Cluster.Nodes;

namespace Holdfast.Agent.Doctor;

/// <summary>What several pulses of a node say of the way to it.</summary>
/// <param name="Best">The shortest round trip.</param>
/// <param name="Worst">The longest.</param>
/// <param name="Ahead">By how much its wall clock is ahead of this one, as the best of them shows it.</param>
/// <param name="Pulse">What it says of itself.</param>
internal sealed record PulseMeasure(TimeSpan Best, TimeSpan Worst, TimeSpan Ahead, Pulse Pulse)
{
    private const int Pulses = 5;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(3);

    /// <summary>Measures; null when the node does not answer as a node of this cluster.</summary>
    public static async Task<PulseMeasure?> TakeAsync(PeerClient peers, NodeRecord node, TimeProvider time, CancellationToken cancellationToken)
    {
        List<PulseMeasure> taken = [];
        for (var i = 0; i < Pulses; i++)
        {
            var (begun, wall) = (time.GetTimestamp(), time.GetUtcNow());
            if (await peers.TryAskAsync(node, "v1/peer/pulse", PeerJson.Default.Pulse, AnswerLimit, cancellationToken) is not { } pulse) return null;
            var took = time.GetElapsedTime(begun);
            taken.Add(new PulseMeasure(took, took, pulse.Wall - (wall + (took / 2)), pulse));
        }

        var counted = taken.Skip(1).ToList(); // The first one also connects.
        return counted.MinBy(pulse => pulse.Best)! with { Worst = counted.Max(pulse => pulse.Worst) };
    }
}
