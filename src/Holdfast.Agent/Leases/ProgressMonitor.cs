using Holdfast.Cluster.Leases;

namespace Holdfast.Agent.Leases;

/// <summary>
/// Remembers when the loops that serve the roles last went round. A node that renews but does nothing would strand its roles,
/// so the keeper renews only while they do (leases rule 5).
/// </summary>
internal sealed class ProgressMonitor(INodeClock clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ClockReading> _last = [];

    /// <summary>Says that a loop went round.</summary>
    public void Beat(string loop)
    {
        var now = clock.Now;
        lock (_gate) _last[loop] = now;
    }

    /// <summary>Returns the loop that has stood still for longer than <paramref name="limit"/>; null when all go on.</summary>
    public string? Stalled(TimeSpan limit)
    {
        var now = clock.Now;
        lock (_gate)
        {
            foreach (var (loop, last) in _last)
            {
                if (now.ObservedSince(last) > limit) return loop;
            }
        }

        return null;
    }
}
