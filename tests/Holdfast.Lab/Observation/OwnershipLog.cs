namespace Holdfast.Lab.Observation;

/// <summary>Collects facts from the watches; read from any thread.</summary>
internal sealed class OwnershipLog
{
    private readonly Lock _gate = new();
    private readonly List<OwnershipInterval> _facts = [];

    /// <summary>Notes a beginning; what lasts already is not begun again.</summary>
    internal void Begin(OwnershipInterval fact)
    {
        lock (_gate)
        {
            if (FindOpen(fact.Host, fact.Kind, fact.Name, fact.Role) < 0)
            {
                _facts.Add(fact);
            }
        }
    }

    /// <summary>Notes an end, for every role that holds it.</summary>
    internal void End(string host, OwnershipKind kind, string name, TimeSpan at)
    {
        lock (_gate)
        {
            int index;
            while ((index = FindOpen(host, kind, name, role: null)) >= 0)
            {
                _facts[index] = _facts[index] with { To = at };
            }
        }
    }

    /// <summary>Notes that nothing of a kind lasted on a host beyond an instant; what began there after it, as an address behind a dead link, never was.</summary>
    internal void EndAll(string host, OwnershipKind kind, TimeSpan at)
    {
        lock (_gate)
        {
            for (var index = 0; index < _facts.Count; index++)
            {
                var fact = _facts[index];
                if (fact.Host == host && fact.Kind == kind && (fact.To is null || fact.To > at))
                {
                    _facts[index] = fact with { To = fact.From > at ? fact.From : at };
                }
            }
        }
    }

    internal IReadOnlyList<OwnershipInterval> Snapshot()
    {
        lock (_gate)
        {
            return [.. _facts];
        }
    }

    private int FindOpen(string host, OwnershipKind kind, string name, string? role) =>
        _facts.FindLastIndex(fact => fact.To is null && fact.Kind == kind && fact.Host == host && fact.Name == name && (role is null || fact.Role == role));
}
