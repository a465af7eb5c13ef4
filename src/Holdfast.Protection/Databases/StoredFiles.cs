using Holdfast.Protection.Scanning;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Databases;

/// <summary>Reads files of a snapshot: one by its path, or a whole folder of a database onto the disk.</summary>
/// <remarks>Everything that is laid down belongs to one owner: a database server wants its files to be its own.</remarks>
internal sealed class StoredFiles(IBlobSource source)
{
    private const int FilesAtOnce = 4;
    private long _bytes;

    /// <summary>Gets how many bytes were laid down.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The node at a path such as <c>data/PG_VERSION</c>, or null.</summary>
    public async Task<Node?> FindAsync(BlobId root, string path, CancellationToken cancellationToken)
    {
        Node? node = null;
        BlobId? at = root;
        foreach (var name in path.Split('/'))
        {
            if (at is not { } tree) return null;
            node = (await Tree.LoadAsync(source, tree, cancellationToken)).Find(name);
            at = node?.Subtree;
            if (node is null) return null;
        }

        return node;
    }

    /// <summary>A file's content, for small ones.</summary>
    public async Task<byte[]> ReadAsync(Node file, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        foreach (var blob in file.Content ?? []) content.Write(await source.LoadAsync(BlobKind.Data, blob, cancellationToken));
        return content.ToArray();
    }

    /// <summary>Lays down a folder; what it leads into is made if it is not there.</summary>
    /// <param name="tree">The folder's tree.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="owner">Whose it becomes.</param>
    /// <param name="isWanted">Chooses by path in the folder; null for everything.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task LayDownAsync(BlobId tree, string folder, FileOwner owner, Func<string, bool>? isWanted, CancellationToken cancellationToken)
    {
        List<(Node Node, string Path)> files = [];
        await LayOutAsync(tree, folder, "", files, owner, isWanted, cancellationToken);
        await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = cancellationToken },
            async (file, token) => await LayDownAsync(file.Node, file.Path, owner, token));
    }

    /// <summary>How many bytes would be laid down.</summary>
    /// <param name="tree">The folder's tree.</param>
    /// <param name="isWanted">Chooses by path in the folder; null for everything.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<long> SizeAsync(BlobId tree, Func<string, bool>? isWanted, CancellationToken cancellationToken) => SizeAsync(tree, "", isWanted, cancellationToken);

    private async Task<long> SizeAsync(BlobId tree, string within, Func<string, bool>? isWanted, CancellationToken cancellationToken)
    {
        var bytes = 0L;
        foreach (var node in (await Tree.LoadAsync(source, tree, cancellationToken)).Nodes.Where(node => isWanted?.Invoke(within + node.Name) != false))
            bytes += node.Type == NodeType.Directory && node.Subtree is { } subtree ? await SizeAsync(subtree, within + node.Name + "/", isWanted, cancellationToken) : node.Type == NodeType.File ? (long)node.Size : 0;
        return bytes;
    }

    /// <summary>Lays down a file. It must not be there.</summary>
    public async Task LayDownAsync(Node node, string path, FileOwner owner, CancellationToken cancellationToken)
    {
        var mode = (UnixFileMode)NodeMode.ToLinux(node.Mode);
        await using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode, BufferSize = 0, PreallocationSize = (long)node.Size });
        foreach (var blob in node.Content ?? [])
        {
            var content = await source.LoadAsync(BlobKind.Data, blob, cancellationToken);
            await file.WriteAsync(content, cancellationToken);
            Interlocked.Add(ref _bytes, content.Length);
        }

        if ((ulong)file.Length != node.Size) throw new HoldfastException(ErrorKind.Conflict, "tree.damaged", $"'{path}' has {file.Length} bytes in the vault, not {node.Size}.", "See what is affected: holdfast vault check");
        owner.Take(path);
    }

    /// <summary>Makes a folder that only its owner enters.</summary>
    public static void MakeFolder(string path, FileOwner owner, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
    {
        Directory.CreateDirectory(path, mode);
        File.SetUnixFileMode(path, mode); // It may have been there, or the umask may have taken a bit.
        owner.Take(path);
    }

    private async Task LayOutAsync(BlobId tree, string folder, string within, List<(Node Node, string Path)> files, FileOwner owner, Func<string, bool>? isWanted, CancellationToken cancellationToken)
    {
        foreach (var node in (await Tree.LoadAsync(source, tree, cancellationToken)).Nodes)
        {
            var relative = within.Length == 0 ? node.Name : within + "/" + node.Name;
            if (isWanted?.Invoke(relative) == false) continue;
            // A tree from elsewhere may hold any name: one that leads out of the folder is not followed.
            if (node.Name is "" or "." or ".." || node.Name.Contains('/', StringComparison.Ordinal)) throw new HoldfastException(ErrorKind.Conflict, "tree.damaged", $"The tree {tree} has a node named '{node.Name}'.");
            var path = Path.Combine(folder, node.Name);
            switch (node.Type)
            {
                case NodeType.Directory when node.Subtree is { } subtree:
                    MakeFolder(path, owner, (UnixFileMode)NodeMode.ToLinux(node.Mode));
                    await LayOutAsync(subtree, path, relative, files, owner, isWanted, cancellationToken);
                    break;
                case NodeType.SymbolicLink:
                    File.CreateSymbolicLink(path, node.LinkTarget);
                    owner.Take(path);
                    break;
                case NodeType.File:
                    files.Add((node, path));
                    break;
            }
        }
    }
}
