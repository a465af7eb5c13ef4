using Holdfast.Protection.Patterns;
using Holdfast.Protection.Scanning;

namespace Holdfast.Protection.Sources;

/// <summary>The files that fit a shell's pattern, as Go's <c>filepath.Glob</c> finds them: a star takes names that begin with a dot too, and what cannot be read fits nothing.</summary>
internal static class Glob
{
    private const string Special = @"*?[\";

    public static bool IsValid(string pattern) => pattern.Split('/').All(static part => Wildcard.IsValid(part));

    /// <summary>The paths, in the order of their bytes within each directory.</summary>
    public static IReadOnlyList<string> Expand(string pattern)
    {
        if (!pattern.AsSpan().ContainsAny(Special)) return Exists(pattern) ? [pattern] : [];
        var slash = pattern.LastIndexOf('/') + 1;
        var (above, name) = (pattern[..slash] switch { "" => ".", "/" => "/", var directory => directory[..^1] }, pattern[slash..]);
        // A pattern for a directory may fit several, or another one than the text names.
        IEnumerable<string> directories = above.AsSpan().ContainsAny(Special) ? Expand(above) : [above];
        return [.. from directory in directories from entry in NamesIn(directory) where Wildcard.Matches(name, entry) select PathParts.Clean(directory + "/" + entry)];
    }

    private static bool Exists(string path)
    {
        try
        {
            FileStat.Of(LinuxPath.Of(path));
            return true;
        }
        catch (LinuxError)
        {
            return false;
        }
    }

    private static List<string> NamesIn(string directory)
    {
        try
        {
            return DirectoryListing.Read(LinuxPath.Of(directory));
        }
        catch (LinuxError)
        {
            return [];
        }
    }
}
