using Holdfast.Protection.Patterns;
using Holdfast.Protection.Scanning;

namespace Holdfast.Protection.Backups;

/// <summary>The top of a snapshot: the directories that lead to what is backed up, and at their ends the sources.</summary>
internal sealed class SourceTree
{
    private readonly string? _root;

    private SourceTree(string? root = null) => _root = root;

    /// <summary>Gets the entries by name.</summary>
    public SortedDictionary<string, SourceTree> Entries { get; } = new(Comparer<string>.Create(Vault.Trees.ByteText.Compare));

    /// <summary>Gets the source, or null for a directory on the way to one.</summary>
    public BackupSource? Source { get; private set; }

    /// <summary>Gets where the metadata of a directory on the way are read.</summary>
    public string? MetadataFrom { get; private set; }

    /// <summary>Builds it. A source within another is no mistake.</summary>
    /// <exception cref="HoldfastException"><c>backup.no-sources</c>.</exception>
    public static SourceTree Of(IEnumerable<BackupSource> sources)
    {
        var tree = new SourceTree();
        foreach (var source in sources.SelectMany(Expand).DistinctBy(source => source.Path)) tree.Add(source);
        if (tree.Entries.Count == 0) throw new HoldfastException(ErrorKind.Invalid, "backup.no-sources", "There is nothing to back up.", "Name files or directories.");
        tree.Unroll();
        return tree;
    }

    // "/", "." and "..": their entries are the sources, for they have no name themselves.
    private static IEnumerable<BackupSource> Expand(BackupSource source)
    {
        var clean = PathParts.Clean(source.Path);
        source = source with { Path = clean, ReadFrom = source.ReadFrom == source.Path ? clean : source.ReadFrom };
        if (NamesOf(clean).Count > 0) return [source];
        return DirectoryListing.Read(LinuxPath.Of(source.ReadFrom)).Select(name => new BackupSource(Join(clean, name)) { ReadFrom = Join(source.ReadFrom, name) });
    }

    private static List<string> NamesOf(string clean) => [.. clean.Split('/').Where(name => name is not ("" or "." or ".."))];

    private static string RootOf(string clean) => clean.StartsWith('/') ? "/"
        : string.Join('/', clean.Split('/').TakeWhile(name => name == "..").DefaultIfEmpty("."));

    private static string Join(string directory, string name) => directory switch { "/" => "/" + name, "." => name, _ => directory + "/" + name };

    private void Add(BackupSource source)
    {
        var names = NamesOf(source.Path);
        var root = RootOf(source.Path);
        // Two sources of one name from different directories: restic numbers the later ones.
        var name = names[0];
        for (var number = 1; Entries.TryGetValue(name, out var other) && other._root != root; number++) name = $"{names[0]}-{number}";
        if (!Entries.TryGetValue(name, out var entry)) Entries[name] = entry = new SourceTree(root);
        entry.Add(source, Join(root, names[0]), names.AsSpan()[1..]);
    }

    private void Add(BackupSource source, string path, ReadOnlySpan<string> names)
    {
        if (names.IsEmpty)
        {
            Source = source;
            return;
        }

        MetadataFrom = path;
        if (!Entries.TryGetValue(names[0], out var entry)) Entries[names[0]] = entry = new SourceTree();
        entry.Add(source, Join(path, names[0]), names[1..]);
    }

    // A source that has others below it becomes a directory on the way, with all its entries as sources.
    private void Unroll()
    {
        if (Source is { } source && Entries.Count > 0)
        {
            foreach (var name in DirectoryListing.Read(LinuxPath.Of(source.ReadFrom)))
            {
                if (!Entries.TryGetValue(name, out var entry)) Entries[name] = entry = new SourceTree();
                entry.Source ??= new BackupSource(Join(source.Path, name)) { ReadFrom = Join(source.ReadFrom, name) };
            }

            Source = null;
        }

        foreach (var entry in Entries.Values) entry.Unroll();
    }
}

file static class ListSpans
{
    public static ReadOnlySpan<string> AsSpan(this List<string> list) => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(list);
}
