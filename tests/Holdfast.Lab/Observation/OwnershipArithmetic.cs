namespace Holdfast.Lab.Observation;

/// <summary>Finds double ownership in facts. Pure.</summary>
public static class OwnershipArithmetic
{
    /// <summary>
    /// Returns the maximal moments in which two or more hosts hold anything of the role. Intervals that only touch do not
    /// overlap; two things on one host are no double ownership, whatever their kinds.
    /// </summary>
    public static IReadOnlyList<DoubleOwnership> FindDouble(IEnumerable<OwnershipInterval> facts, string role)
    {
        // At one instant ends come before beginnings.
        var edges = facts.Where(fact => fact.Role == role && !(fact.To <= fact.From))
            .SelectMany(fact => new[] { (At: fact.From, fact.Host, Step: 1), (At: fact.To ?? TimeSpan.MaxValue, fact.Host, Step: -1) })
            .OrderBy(edge => edge.At).ThenBy(edge => edge.Step);

        var held = new Dictionary<string, int>(StringComparer.Ordinal);
        var involved = new SortedSet<string>(StringComparer.Ordinal);
        var found = new List<DoubleOwnership>();
        TimeSpan? since = null;
        foreach (var (at, host, step) in edges)
        {
            held[host] = held.GetValueOrDefault(host) + step;
            if (held[host] == 0)
            {
                held.Remove(host);
            }

            if (held.Count > 1)
            {
                since ??= at;
                involved.UnionWith(held.Keys);
            }
            else if (since is { } from)
            {
                // Several edges at one instant may look double for no time at all.
                if (at > from)
                {
                    found.Add(new DoubleOwnership(role, [.. involved], from, at == TimeSpan.MaxValue ? null : at));
                }

                since = null;
                involved.Clear();
            }
        }

        return found;
    }
}
