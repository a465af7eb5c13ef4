using Holdfast.Protection.Patterns;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Chunking;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Protection.Backups;

/// <summary>A whole backup: lock, commands before and after, parent, trees, and the snapshot as its last act.</summary>
/// <param name="vault">Opened; its index is loaded here.</param>
/// <param name="time">The clock.</param>
public sealed class SnapshotBackup(VaultRepository vault, TimeProvider time)
{
    private TreeBackup? _backup;

    /// <summary>Gets how far it is.</summary>
    public BackupProgress Progress => _backup?.Meter.Read() ?? new();

    /// <summary>Backs up, and returns the snapshot (not saved with a dry run) with what was counted.</summary>
    /// <exception cref="HoldfastException"><c>backup.*</c>, <c>lock.*</c>, <c>snapshot.*</c>, <c>hook.failed</c>, or what the vault says.</exception>
    public Task<(Snapshot Snapshot, BackupResult Result)> RunAsync(SnapshotRequest request, CancellationToken cancellationToken) =>
        GuardedBackup.RunAsync(vault, request.Hooks, time, (held, going) => RunLockedAsync(request, held, going), cancellationToken);

    private async Task<(Snapshot Snapshot, BackupResult Result)> RunLockedAsync(SnapshotRequest request, VaultLock held, CancellationToken cancellationToken)
    {
        var begun = time.GetLocalNow();
        var paths = request.Stream is null
            ? request.Trees.Sources.Select(source => AbsoluteOf(source.Path)).ToList()
            : ["/" + request.StreamName.TrimStart('/')];
        var parent = request.Force || request.Stream is not null ? null : await ParentAsync(request, paths, request.Time ?? begun, cancellationToken);

        IBlobSink sink = request.DryRun ? new RehearsalSink(vault) : vault;
        var backup = _backup = new TreeBackup(vault, sink, new Chunker(vault.Config.ChunkerPolynomial), time);
        var result = request.Stream is { } stream
            ? await backup.RunAsync(stream, request.StreamName, request.Trees, cancellationToken)
            : await backup.RunAsync(request.Trees with { Parent = parent?.Tree }, cancellationToken);

        var snapshot = NewSnapshot.Of(request.Time ?? begun, result.Tree, parent) with
        {
            Paths = paths,
            Hostname = request.Host,
            Excludes = request.Excludes,
            Tags = request.Tags,
            Summary = result.Counts.ToSummary(begun, time.GetLocalNow()),
            Facts = request.Facts with
            {
                Type = parent is null ? SnapshotType.Full : SnapshotType.Incremental, DeltaBytes = result.Counts.AddedBytes, UsedBytes = result.Counts.ProcessedBytes,
            },
        };
        if (request.DryRun) return (snapshot, result);
        await held.EnsureHeldAsync(cancellationToken);
        return (await SnapshotFiles.SaveAsync(vault, snapshot, cancellationToken), result);
    }

    private async Task<Snapshot?> ParentAsync(SnapshotRequest request, List<string> paths, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        var snapshots = await SnapshotFiles.ListAsync(vault, (_, _) => { }, cancellationToken);
        if (request.Parent is { } name) return SnapshotChoice.Parse(name).Find(snapshots, SnapshotFilter.All);
        return snapshots.LastOrDefault(snapshot => snapshot.Time <= notAfter && snapshot.Hostname == request.Host && snapshot.Paths.Order(StringComparer.Ordinal).SequenceEqual(paths.Order(StringComparer.Ordinal)));
    }

    private static string AbsoluteOf(string path) => PathParts.Clean(path.StartsWith('/') ? path : Directory.GetCurrentDirectory() + "/" + path);
}
