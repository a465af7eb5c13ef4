namespace Holdfast.Protection.Patterns;

/// <summary>Patterns in their order; a later one can take back what an earlier one matched.</summary>
public sealed class PatternList
{
    private readonly PathPattern[] _patterns;
    private readonly bool _ignoreCase;
    private readonly bool _anyNegated;

    /// <summary>Reads the patterns; empty ones are left out.</summary>
    /// <exception cref="HoldfastException"><c>pattern.invalid</c>.</exception>
    public PatternList(IEnumerable<string> patterns, bool ignoreCase = false)
    {
        _ignoreCase = ignoreCase;
        _patterns = [.. patterns.Where(text => text.Length > 0).Select(text => PathPattern.Parse(ignoreCase ? text.ToLowerInvariant() : text))];
        _anyNegated = _patterns.Any(pattern => pattern.IsNegated);
    }

    /// <summary>Gets whether there are none.</summary>
    public bool IsEmpty => _patterns.Length == 0;

    /// <summary>Whether an absolute path is matched in the end, and whether something below it may be.</summary>
    public (bool Matches, bool MayMatchBelow) Match(string path)
    {
        if (_patterns.Length == 0) return (false, false);
        var parts = PathParts.Split(_ignoreCase ? path.ToLowerInvariant() : path);
        bool matches = false, below = false;
        foreach (var pattern in _patterns)
        {
            var fits = pattern.Matches(parts);
            if (pattern.IsNegated)
            {
                matches &= !fits;
                below &= !fits;
                continue;
            }

            matches |= fits;
            below |= pattern.MayMatchBelow(parts);
            if (matches && below && !_anyNegated) break;
        }

        return (matches, below);
    }
}
