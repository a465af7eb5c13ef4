namespace Holdfast.Protection.Restores;

/// <summary>Paths of a snapshot, each meant as it is.</summary>
public sealed class PathSet
{
    private readonly HashSet<string> _paths;
    private readonly HashSet<string> _above = new(StringComparer.Ordinal);

    /// <summary>Takes absolute paths.</summary>
    public PathSet(IEnumerable<string> paths)
    {
        _paths = new(paths, StringComparer.Ordinal);
        foreach (var path in _paths)
        {
            for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
            {
                if (!_above.Add(path[..slash])) break; // And so all above it.
            }
        }
    }

    /// <summary>Whether a path is one of them, and whether one of them is below it.</summary>
    internal (bool IsSelected, bool Below) Select(string path) => (_paths.Contains(path), _above.Contains(path));
}
