using Holdfast.Protection.Backups;
using Holdfast.Protection.Restores;
using Holdfast.Vault.Repository;

namespace Holdfast.Protection.Proofs;

/// <summary>Restores a snapshot, or a part of it chosen by chance, to scratch, reads everything back, and compares it with the vault's hashes and with what it was made from.</summary>
/// <param name="vault">With its index loaded, under a lock.</param>
/// <param name="time">The clock of the progress.</param>
public sealed class SnapshotProof(VaultRepository vault, TimeProvider time)
{
    private readonly TreeRestore _restore = new(vault, time);

    /// <summary>Gets how far the restore is.</summary>
    public BackupMeter Meter => _restore.Meter;

    /// <summary>Proves, and takes everything away again.</summary>
    /// <returns>The evidence, also of a failure. What says nothing of the snapshot is thrown.</returns>
    /// <exception cref="HoldfastException"><c>proof.no-room</c>, or what the vault says.</exception>
    public async Task<SnapshotEvidence> RunAsync(ProofRequest request, CancellationToken cancellationToken)
    {
        Clear(request.Scratch); // Of a proof that was killed.
        try
        {
            var sample = request.SampleBytes is { } wanted ? new FileSample(wanted, request.Random) : null;
            var bytes = 0L;
            await foreach (var file in StoredFile.AllAsync(vault, request.Tree, "/", cancellationToken))
            {
                bytes += (long)file.Node.Size;
                sample?.Offer(file);
            }

            if (sample is not null) bytes = sample.Files.Sum(file => (long)file.Node.Size);
            RequireRoom(request.Scratch, bytes);
            var result = await _restore.RunAsync(
                new RestoreRequest
                {
                    Tree = request.Tree, Target = request.Scratch, Verify = true, OnIssue = issue => request.OnFinding?.Invoke($"{issue.Path}: {issue.Message}"),
                    Selection = sample is null ? RestoreSelection.All : new RestoreSelection { Only = new PathSet(sample.Files.Select(file => file.Path)) },
                },
                cancellationToken);
            return await CompareAsync(request, sample, result, cancellationToken);
        }
        finally
        {
            Clear(request.Scratch);
        }
    }

    private async Task<SnapshotEvidence> CompareAsync(ProofRequest request, FileSample? sample, RestoreResult result, CancellationToken cancellationToken)
    {
        long files = 0, same = 0, changed = 0, differs = 0;
        await foreach (var file in sample is null ? StoredFile.AllAsync(vault, request.Tree, "/", cancellationToken) : sample.Files.ToAsyncEnumerable())
        {
            cancellationToken.ThrowIfCancellationRequested();
            files++;
            switch (SourceComparison.IsSame(file.Path, file.Node, request.Scratch + file.Path))
            {
                case true: same++; break;
                case null: changed++; break;
                case false:
                    differs++;
                    request.OnFinding?.Invoke($"{file.Path}: it says that it did not change since the backup, and has another content: it or the vault is damaged.");
                    break;
            }
        }

        return new(files, result.Bytes, result.VerifiedFiles, same, changed, differs, result.Failures);
    }

    private static void RequireRoom(string scratch, long bytes)
    {
        Directory.CreateDirectory(scratch, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute); // It holds what the snapshot holds.
        if (new DriveInfo(scratch).AvailableFreeSpace is var free && free < bytes)
            throw new HoldfastException(ErrorKind.Unavailable, "proof.no-room", $"{bytes} bytes are to be restored to '{scratch}', where {free} are free.", "Make room, name another scratch folder, or prove a sample.");
    }

    private static void Clear(string scratch)
    {
        if (Directory.Exists(scratch)) Directory.Delete(scratch, recursive: true);
    }
}
