namespace Holdfast.Management.Policies;

/// <summary>Names with <c>*</c> (anything) and <c>?</c> (one character).</summary>
public static class Pattern
{
    /// <summary>Whether a text is more than a plain name.</summary>
    public static bool IsPattern(string text) => text.AsSpan().IndexOfAny('*', '?') >= 0;

    /// <summary>Whether a name is meant. Linear in the product of both lengths at worst, whatever somebody wrote.</summary>
    public static bool Matches(string pattern, string name)
    {
        var (p, n, star, mark) = (0, 0, -1, 0);
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, mark) = (p++, n);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                (p, n) = (star + 1, ++mark); // The last star takes one character more.
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }
}
