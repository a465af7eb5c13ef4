namespace Holdfast.Protection.Patterns;

/// <summary>Paths as patterns see them.</summary>
internal static class PathParts
{
    /// <summary>Without <c>.</c>, <c>..</c> and doubled slashes, as far as that can be said from the text alone.</summary>
    public static string Clean(string path)
    {
        var rooted = path.StartsWith('/');
        List<string> parts = [];
        foreach (var part in path.Split('/'))
        {
            if (part is "" or ".") continue;
            if (part != "..") parts.Add(part);
            else if (parts.Count > 0 && parts[^1] != "..") parts.RemoveAt(parts.Count - 1);
            else if (!rooted) parts.Add(part);
        }

        var clean = string.Join('/', parts);
        return rooted ? "/" + clean : clean.Length == 0 ? "." : clean;
    }

    /// <summary>The parts of a clean path; an absolute one begins with <c>/</c>.</summary>
    public static string[] Split(string clean)
    {
        var parts = clean.Split('/');
        if (parts[0].Length == 0) parts[0] = "/";
        return parts;
    }
}
