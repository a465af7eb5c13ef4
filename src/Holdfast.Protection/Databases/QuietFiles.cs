using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Databases;

/// <summary>A vault in which a snapshot's files are missing that were written to shortly before it read them, or later.</summary>
/// <remarks>
/// A file's times tell a change only as finely as the kernel keeps them, some milliseconds. A page that is written right after its file was read leaves the
/// times as they are recorded, and the log of the next backup begins later: taking the file over would lose the page. Files that had been quiet are safe.
/// </remarks>
/// <param name="source">The vault.</param>
/// <param name="readFrom">When the snapshot began to read.</param>
internal sealed class QuietFiles(IBlobSource source, DateTimeOffset readFrom) : IBlobSource
{
    // More than any file system's grain that databases live on, and than clocks of two machines should differ.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    private readonly DateTimeOffset _horizon = readFrom - Quiet;

    public bool TryGetLength(BlobKind kind, BlobId id, out int length) => source.TryGetLength(kind, id, out length);

    public async Task<byte[]> LoadAsync(BlobKind kind, BlobId id, CancellationToken cancellationToken)
    {
        var content = await source.LoadAsync(kind, id, cancellationToken);
        if (kind != BlobKind.Tree) return content;
        using var text = TreeJson.Write([.. TreeJson.Parse(content, id).Nodes.Where(node => node.Type != NodeType.File || node.ModifiedAt.ToDateTimeOffset() < _horizon)]);
        return text.Written.ToArray();
    }
}
