namespace Holdfast.Agent.Declarations;

/// <summary>Finds what somebody meant who wrote something that does not exist.</summary>
public static class NearestName
{
    /// <summary>Returns the candidate with the least edit distance, or null when none is near.</summary>
    public static string? Of(string text, IEnumerable<string> candidates)
    {
        if (text.Length > 100) return null;

        var most = Math.Max(1, text.Length / 3);
        return candidates
            .Select(candidate => (Name: candidate, Distance: Distance(text.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .Where(near => near.Distance <= most && near.Distance < text.Length)
            .OrderBy(near => near.Distance).ThenBy(near => near.Name, StringComparer.Ordinal)
            .Select(near => near.Name)
            .FirstOrDefault();
    }

    /// <summary>Says that there is no such thing, and what was perhaps meant or what there is.</summary>
    public static string Sentence(string kind, string text, IEnumerable<string> candidates)
    {
        string[] known = [.. candidates];
        return Of(text, known) is { } near ? $"there is no {kind} '{text}'; did you mean '{near}'?"
            : known.Length == 0 ? $"there is no {kind} '{text}', nor any other."
            : $"there is no {kind} '{text}'; there {(known.Length == 1 ? "is" : "are")} {string.Join(", ", known)}.";
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).</summary>
    internal static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= right.Length; j++) rows[0, j] = j;

        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = rows[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[left.Length, right.Length];
    }
}
