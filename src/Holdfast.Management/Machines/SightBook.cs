using System.Collections.Immutable;

namespace Holdfast.Management.Machines;

/// <summary>What was seen of each machine last, and what of that the database has. No I/O.</summary>
internal sealed class SightBook
{
    // Sizes are others at each look; nobody needs each of them after a move of the service.
    private static readonly TimeSpan KeepInterval = TimeSpan.FromHours(1);
    private static readonly ImmutableSortedDictionary<string, MachineSight> None = ImmutableSortedDictionary.Create<string, MachineSight>(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private ImmutableSortedDictionary<string, MachineSight> _sights = None;
    private ImmutableSortedDictionary<string, MachineSight> _kept = None;

    /// <summary>Gets the last sight of each machine. The same object until one of them is another.</summary>
    public ImmutableSortedDictionary<string, MachineSight> All
    {
        get
        {
            lock (_gate) return _sights;
        }
    }

    /// <summary>What was seen of a machine last; null when nothing ever was.</summary>
    public MachineSight? Find(string node) => All.GetValueOrDefault(node);

    /// <summary>A machine told what it has.</summary>
    public void Saw(string node, MachineSight sight)
    {
        lock (_gate) _sights = _sights.SetItem(node, sight);
    }

    /// <summary>A machine did not tell; what it told last still counts.</summary>
    public void Failed(string node, string why)
    {
        lock (_gate) _sights = _sights.SetItem(node, (_sights.GetValueOrDefault(node) ?? new MachineSight(null, null, null, null)) with { Trouble = why });
    }

    /// <summary>Takes what the database has of every machine. What this owner saw itself is newer, whatever the clocks say.</summary>
    public void Recall(IReadOnlyDictionary<string, MachineSight> kept)
    {
        lock (_gate)
        {
            _kept = None.AddRange(kept);
            foreach (var (node, sight) in kept)
            {
                var present = _sights.GetValueOrDefault(node);
                if (present is null or { Seen: null } or { IsRecalled: true }) _sights = _sights.SetItem(node, sight with { IsRecalled = true, Trouble = present?.Trouble });
            }
        }
    }

    /// <summary>What the database should have and has not: what came or went at once, everything else each hour.</summary>
    public ImmutableArray<(string Node, MachineSight Sight)> Due()
    {
        lock (_gate) return [.. from sight in _sights where IsDue(sight.Value, _kept.GetValueOrDefault(sight.Key)) select (sight.Key, sight.Value)];
    }

    /// <summary>The database has these.</summary>
    public void Kept(IEnumerable<(string Node, MachineSight Sight)> sights)
    {
        lock (_gate) _kept = _kept.SetItems(sights.Select(sight => KeyValuePair.Create(sight.Node, sight.Sight)));
    }

    /// <summary>Forgets every machine that is none of these.</summary>
    /// <returns>Those of which the database has something.</returns>
    public ImmutableArray<string> Forget(IReadOnlySet<string> members)
    {
        lock (_gate)
        {
            _sights = _sights.RemoveRange(_sights.Keys.Where(node => !members.Contains(node)).ToList());
            return [.. _kept.Keys.Where(node => !members.Contains(node))];
        }
    }

    /// <summary>The database has nothing of these any more.</summary>
    public void Removed(IEnumerable<string> nodes)
    {
        lock (_gate) _kept = _kept.RemoveRange(nodes);
    }

    private static bool IsDue(MachineSight sight, MachineSight? kept) =>
        sight is { Seen: { } seen, IsRecalled: false } && (kept?.Seen is not { } before || !sight.HasSame(kept) || (seen - before).Duration() >= KeepInterval);
}
