namespace Holdfast.Protection.Patterns;

/// <summary>One pattern of restic's language: shell wildcards in each part of a path, <c>**</c> for any number of parts, <c>/</c> at the beginning for
/// the root (else it fits anywhere), <c>!</c> before it to take back an earlier match.</summary>
public sealed class PathPattern
{
    private readonly Part[] _parts;
    private readonly int _doubleWildcard;

    private PathPattern(string original, Part[] parts, bool isNegated)
    {
        Original = original;
        IsNegated = isNegated;
        _parts = parts;
        _doubleWildcard = Array.FindIndex(parts, part => part.IsAnyDepth);
    }

    /// <summary>Gets it as it was written.</summary>
    public string Original { get; }

    /// <summary>Gets whether it takes back earlier matches.</summary>
    public bool IsNegated { get; }

    private bool IsRooted => _parts[0].Text == "/";

    /// <summary>Reads a pattern that is not empty.</summary>
    /// <exception cref="HoldfastException"><c>pattern.invalid</c>: an unclosed bracket or a lone backslash.</exception>
    public static PathPattern Parse(string text)
    {
        var isNegated = text.StartsWith('!');
        var parts = PathParts.Split(PathParts.Clean(isNegated ? text[1..] : text)).Select(Part.Of).ToArray();
        foreach (var part in parts)
        {
            if (!part.IsAnyDepth && !part.IsPlain && !Wildcard.IsValid(part.Text))
                throw new HoldfastException(ErrorKind.Invalid, "pattern.invalid", $"'{text}' is no pattern.", "Close the bracket, or write a backslash before what is meant as it is.");
        }

        return new(text, parts, isNegated);
    }

    /// <summary>Whether it fits a path or a directory above it.</summary>
    internal bool Matches(ReadOnlySpan<string> path) => Matches(_parts, _doubleWildcard, path);

    /// <summary>Whether something below the path may fit.</summary>
    internal bool MayMatchBelow(ReadOnlySpan<string> path)
    {
        if (!IsRooted) return true; // It can begin anywhere.
        if (_doubleWildcard >= 0 && path.Length >= _doubleWildcard) path = path[.._doubleWildcard];
        var parts = _parts.AsSpan(0, Math.Min(path.Length, _parts.Length));
        return Matches(parts, _doubleWildcard < parts.Length ? _doubleWildcard : -1, path);
    }

    private static bool Matches(ReadOnlySpan<Part> parts, int doubleWildcard, ReadOnlySpan<string> path)
    {
        if (doubleWildcard >= 0) return MatchesAnyDepth(parts, doubleWildcard, path);
        if (parts.IsEmpty) return path.IsEmpty;
        if (parts.Length > path.Length) return false;
        var last = parts[0].Text == "/" ? 0 : path.Length - parts.Length;
        var first = parts[0].Text != "/" && path[0] == "/" ? 1 : 0;
        for (var offset = last; offset >= first; offset--)
        {
            if (MatchesAt(parts, path[offset..])) return true;
        }

        return false;
    }

    // Each ** in turn stands for no part, for one, for two …
    private static bool MatchesAnyDepth(ReadOnlySpan<Part> parts, int at, ReadOnlySpan<string> path)
    {
        var after = parts[(at + 1)..];
        for (var depth = 0; depth <= path.Length - parts.Length + 1; depth++)
        {
            Part[] expanded = [.. parts[..at], .. Enumerable.Repeat(Part.Any, depth), .. after];
            if (Matches(expanded, Array.FindIndex(expanded, part => part.IsAnyDepth), path)) return true;
        }

        return false;
    }

    private static bool MatchesAt(ReadOnlySpan<Part> parts, ReadOnlySpan<string> path)
    {
        for (var at = parts.Length - 1; at >= 0; at--)
        {
            if (!(parts[at].IsPlain ? parts[at].Text == path[at] : Wildcard.Matches(parts[at].Text, path[at]))) return false;
        }

        return true;
    }

    private readonly record struct Part(string Text, bool IsPlain, bool IsAnyDepth)
    {
        public static Part Any { get; } = new("*", false, false);

        public static Part Of(string text) => new(text, !text.AsSpan().ContainsAny("\\[]*?"), text == "**");
    }
}
