using System.Buffers;
using Holdfast.Vault.Backends;

namespace Holdfast.Vault.Serving;

/// <summary>What a path of the REST protocol names. A path that is not built of plain names is none, so nothing outside of the data directory can be named.</summary>
/// <param name="Vault">The vault: plain names with slashes between them, or empty for the one at the top.</param>
/// <param name="Kind">The kind of file, or null for the vault itself.</param>
/// <param name="Name">The file's name; empty for the config and for a listing.</param>
internal readonly record struct VaultRequestPath(string Vault, VaultFileKind? Kind, string Name)
{
    private const int MostNames = 8;
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.@+");

    /// <summary>Gets whether it is all files of a kind.</summary>
    public bool IsListing => Kind is not (null or VaultFileKind.Config) && Name.Length == 0;

    public VaultFile File => new(Kind!.Value, Name);

    /// <summary>Reads a path, unescaped.</summary>
    public static bool TryParse(string path, out VaultRequestPath result)
    {
        result = default;
        if (!path.StartsWith('/')) return false;
        var isFolder = path.EndsWith('/');
        string[] names = path.Trim('/') is { Length: > 0 } trimmed ? trimmed.Split('/') : [];
        if (names.Length > MostNames + 2 || !names.All(IsPlain)) return false;

        var at = Array.FindIndex(names, name => KindOf(name) is not null);
        if (at < 0) at = names.Length;
        var vault = string.Join('/', names[..at]);
        switch (names[at..])
        {
            case []:
                result = new(vault, null, "");
                return true;
            case ["config"] when !isFolder:
                result = new(vault, VaultFileKind.Config, "");
                return true;
            case [var kind] when kind != "config":
                result = new(vault, KindOf(kind), "");
                return true;
            case [var kind, var name] when kind != "config" && !isFolder && VaultLayout.IsName(name):
                result = new(vault, KindOf(kind), name);
                return true;
            default:
                return false;
        }
    }

    // Neither . nor .. nor anything hidden, such as the folder in which a file system keeps its own.
    private static bool IsPlain(string name) => name is { Length: > 0 and <= 255 } && name[0] != '.' && !name.AsSpan().ContainsAnyExcept(Plain);

    private static VaultFileKind? KindOf(string name) => name switch
    {
        "config" => VaultFileKind.Config,
        "keys" => VaultFileKind.Key,
        "locks" => VaultFileKind.Lock,
        "snapshots" => VaultFileKind.Snapshot,
        "index" => VaultFileKind.Index,
        "data" => VaultFileKind.Pack,
        _ => null,
    };
}
