using Holdfast.Protection.Backups;
using Holdfast.Protection.Native;
using Holdfast.Protection.Scanning;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Restores;

/// <summary>Reads restored files back and compares them with the snapshot.</summary>
internal sealed class RestoreVerify(VaultRepository vault, TargetRoot target, RestoreRequest request, RestoreLog log)
{
    public Task RunAsync(CancellationToken cancellationToken) => Parallel.ForEachAsync(
        FilesAsync(LinuxPath.Of(""), "/", request.Tree, cancellationToken),
        new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
        (file, _) =>
        {
            if (WrongIn(file.Path, file.Node) is { } wrong) log.Report(file.SnapshotPath, FileIssueKind.Unreadable, wrong);
            else log.AddVerified();
            return ValueTask.CompletedTask;
        });

    private async IAsyncEnumerable<(LinuxPath Path, string SnapshotPath, Node Node)> FilesAsync(
        LinuxPath directory, string snapshotPath, BlobId id, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var node in (await Tree.LoadAsync(vault, id, cancellationToken)).Nodes.Where(node => NodeNames.IsSafe(node.Name)))
        {
            var (path, name) = (directory.Child(node.Name), SnapshotPaths.Join(snapshotPath, node.Name));
            var (isSelected, below) = request.Selection.Select(name);
            if (node is { Type: NodeType.File, Content: not null } && isSelected) yield return (path, name, node);
            if (node is not { Type: NodeType.Directory, Subtree: { } subtree } || !below) continue;
            await foreach (var file in FilesAsync(path, name, subtree, cancellationToken)) yield return file;
        }
    }

    private string? WrongIn(LinuxPath path, Node node)
    {
        try
        {
            using var file = target.Open(path, LibC.ReadOnly | LibC.NonBlocking);
            var stat = FileStat.Of(file);
            if (stat.Type != NodeType.File || stat.Size != node.Size) return $"It should be a file of {node.Size} bytes.";
            var offset = 0L;
            foreach (var id in node.Content!)
            {
                if (!vault.Index.TryFind(BlobKind.Data, id, out var blob)) return $"The vault does not have its blob {id.ToShortString()}.";
                var buffer = BlobMemory.Rent(blob.ContentLength);
                try
                {
                    if (!ContentCheck.Has(file, offset, blob, buffer)) return $"What was written at byte {offset} reads back as something else.";
                }
                finally
                {
                    BlobMemory.Return(buffer);
                }

                offset += blob.ContentLength;
            }

            return null;
        }
        catch (LinuxError error)
        {
            return error.Message;
        }
    }
}
