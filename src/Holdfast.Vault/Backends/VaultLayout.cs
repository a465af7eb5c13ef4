using System.Buffers;

namespace Holdfast.Vault.Backends;

/// <summary>Where in a directory (or under a prefix) the files of a vault are: restic's default layout.</summary>
internal sealed class VaultLayout(string root)
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public string Root => root;

    public string PackFolder => root + "/data";

    /// <summary>Gets all folders, parents first.</summary>
    public IEnumerable<string> Folders =>
        [Root, root + "/keys", root + "/locks", root + "/snapshots", root + "/index", PackFolder, .. FoldersOf(VaultFileKind.Pack)];

    public IEnumerable<string> FoldersOf(VaultFileKind kind) =>
        kind == VaultFileKind.Pack ? Enumerable.Range(0, 256).Select(number => $"{PackFolder}/{number:x2}") : [FolderOf(kind)];

    /// <exception cref="ArgumentException">The name is none that a vault has; it may come from a peer, so it must never reach a path.</exception>
    public string PathOf(VaultFile file)
    {
        if (file.Kind == VaultFileKind.Config) return root + "/config";
        if (!IsName(file.Name)) throw new ArgumentException($"'{file.Name}' is not the name of a file in a vault.", nameof(file));
        return file.Kind == VaultFileKind.Pack ? $"{PackFolder}/{file.Name.AsSpan(0, 2)}/{file.Name}" : $"{FolderOf(file.Kind)}/{file.Name}";
    }

    public static bool IsName(string? name) => name is { Length: 64 } && !name.AsSpan().ContainsAnyExcept(Digits);

    private string FolderOf(VaultFileKind kind) => kind switch
    {
        VaultFileKind.Config => root,
        VaultFileKind.Key => root + "/keys",
        VaultFileKind.Lock => root + "/locks",
        VaultFileKind.Snapshot => root + "/snapshots",
        VaultFileKind.Index => root + "/index",
        VaultFileKind.Pack => PackFolder,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of file"),
    };
}
