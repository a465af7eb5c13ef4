using System.Text;

namespace Holdfast.Protection.Patterns;

/// <summary>Shell wildcards in one part of a path, as Go's <c>filepath.Match</c> has them: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[^a-z]</c>, <c>\</c>.</summary>
internal static class Wildcard
{
    /// <summary>Whether it is written as it should be.</summary>
    public static bool IsValid(ReadOnlySpan<char> pattern)
    {
        while (!pattern.IsEmpty)
        {
            if (!TryStep(pattern, null, out _, out var used)) return false;
            pattern = pattern[used..];
        }

        return true;
    }

    /// <summary>Whether it fits the whole name. A pattern that is not valid fits nothing.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        // The last star is the only one to come back to: what an earlier one took can stay as it is.
        ReadOnlySpan<char> starPattern = default, starName = default;
        var hasStar = false;
        while (true)
        {
            if (!pattern.IsEmpty && pattern[0] == '*')
            {
                pattern = pattern[1..];
                starPattern = pattern;
                starName = name;
                hasStar = true;
                continue;
            }

            if (pattern.IsEmpty && name.IsEmpty) return true;
            if (!pattern.IsEmpty && !name.IsEmpty && TryStep(pattern, Take(name, out var length), out var fits, out var used) && fits)
            {
                pattern = pattern[used..];
                name = name[length..];
                continue;
            }

            if (!hasStar || starName.IsEmpty) return false;
            Take(starName, out var skipped);
            starName = starName[skipped..];
            pattern = starPattern;
            name = starName;
        }
    }

    // Half a pair stands for a byte that is no UTF-8: Go sees it as U+FFFD.
    private static int Take(ReadOnlySpan<char> name, out int length)
    {
        Rune.DecodeFromUtf16(name, out var decoded, out length);
        return decoded.Value;
    }

    /// <summary>Takes one step of the pattern; whether it fits a character is said when one is given.</summary>
    private static bool TryStep(ReadOnlySpan<char> pattern, int? rune, out bool fits, out int used)
    {
        fits = false;
        used = 1;
        switch (pattern[0])
        {
            case '*': return true;
            case '?':
                fits = true;
                return true;
            case '[': return TryClass(pattern, rune, out fits, out used);
            case '\\':
                if (pattern.Length < 2) return false;
                fits = Take(pattern[1..], out var length) == rune;
                used = 1 + length;
                return true;
            default:
                fits = Take(pattern, out used) == rune;
                return true;
        }
    }

    private static bool TryClass(ReadOnlySpan<char> pattern, int? rune, out bool fits, out int used)
    {
        fits = false;
        used = 1;
        var negated = pattern.Length > 1 && pattern[1] == '^';
        if (negated) used++;
        for (var ranges = 0; ; ranges++)
        {
            if (used < pattern.Length && pattern[used] == ']' && ranges > 0)
            {
                used++;
                fits ^= negated;
                return true;
            }

            if (!TryBound(pattern, ref used, out var low)) return false;
            var high = low;
            if (used < pattern.Length && pattern[used] == '-')
            {
                used++;
                if (!TryBound(pattern, ref used, out high)) return false;
            }

            fits |= rune >= low && rune <= high;
        }
    }

    private static bool TryBound(ReadOnlySpan<char> pattern, ref int at, out int rune)
    {
        rune = 0;
        if (at >= pattern.Length || pattern[at] is '-' or ']') return false;
        if (pattern[at] == '\\' && ++at >= pattern.Length) return false;
        rune = Take(pattern[at..], out var length);
        at += length;
        return at < pattern.Length; // A class must end.
    }
}
