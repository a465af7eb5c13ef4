using System.Collections.Concurrent;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Indexes;
using Holdfast.Vault.Pruning;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Walking;

namespace Holdfast.Vault.Checking;

/// <summary>Finds out whether everything that a vault's snapshots need is there and whole. Changes nothing; needs a shared lock.</summary>
public sealed class Checker(VaultRepository vault, TimeProvider time, IProgress<CheckProgress>? progress = null)
{
    private const int SaveHistoryEvery = 64;

    private readonly ConcurrentQueue<VaultProblem> _problems = [];
    private readonly HashSet<BlobHandle> _used = [];
    private readonly ConcurrentDictionary<BlobId, bool> _badTrees = [];
    private IReadOnlyList<BlobId> _unlisted = [];

    /// <summary>Checks. A problem is part of the answer, not an exception; only a vault that cannot be reached is one.</summary>
    public async Task<CheckReport> CheckAsync(CheckOptions options, CancellationToken cancellationToken)
    {
        await CheckKeysAsync(cancellationToken);
        await CheckLocksAsync(cancellationToken);
        await LoadIndexAsync(cancellationToken);
        var packs = await CheckPacksAsync(cancellationToken);
        var snapshots = await SnapshotFiles.ListAsync(vault, (file, error) => Add(Problems.SnapshotDamaged(file, error)), cancellationToken);
        await CheckTreesAsync(snapshots, cancellationToken);
        foreach (var pack in _unlisted) Add(Problems.PackUnlisted(pack, isMissed: !_badTrees.IsEmpty));
        var (unusedBlobs, unusedBytes) = CountUnused();
        var (read, bytes, trusted) = options.Read is { } subset ? await ReadAsync(packs, subset, options, cancellationToken) : default;
        return new([.. _problems.OrderByDescending(problem => problem.Kind)], snapshots.Count, packs.Count, read, bytes, trusted, unusedBlobs, unusedBytes);
    }

    private void Add(VaultProblem problem) => _problems.Enqueue(problem);

    // Keys and locks come and go while others work: one that is gone is no problem.
    private async Task CheckKeysAsync(CancellationToken cancellationToken)
    {
        await foreach (var entry in vault.Backend.ListAsync(VaultFileKind.Key, cancellationToken))
        {
            try
            {
                if (!VaultKeys.IsWhole(entry.File, await vault.Backend.LoadAsync(entry.File, cancellationToken))) Add(Problems.KeyDamaged(entry.File));
            }
            catch (HoldfastException gone) when (gone.Kind == ErrorKind.NotFound)
            {
            }
        }
    }

    private async Task CheckLocksAsync(CancellationToken cancellationToken)
    {
        await foreach (var entry in vault.Backend.ListAsync(VaultFileKind.Lock, cancellationToken))
        {
            try
            {
                await vault.LoadUnpackedAsync(entry.File, cancellationToken);
            }
            catch (HoldfastException damaged) when (damaged.Kind == ErrorKind.Conflict)
            {
                Add(Problems.LockDamaged(entry.File, damaged));
            }
            catch (HoldfastException gone) when (gone.Kind == ErrorKind.NotFound)
            {
            }
        }
    }

    private async Task LoadIndexAsync(CancellationToken cancellationToken)
    {
        vault.Index.Clear();
        var done = 0;
        await Parallel.ForEachAsync(vault.Backend.ListAsync(VaultFileKind.Index, cancellationToken), cancellationToken, async (entry, token) =>
        {
            try
            {
                vault.Index.Add(entry.File.Name, await vault.LoadIndexFileAsync(entry.File, token));
            }
            catch (HoldfastException error) when (error.Kind != ErrorKind.Unavailable)
            {
                Add(Problems.IndexDamaged(entry.File, error));
            }

            progress?.Report(new("index", Interlocked.Increment(ref done), 0));
        });
    }

    /// <summary>Compares the packs that are there with those that the index lists.</summary>
    private async Task<IReadOnlyDictionary<BlobId, long>> CheckPacksAsync(CancellationToken cancellationToken)
    {
        var packs = await Pruner.ListPacksAsync(vault, cancellationToken);
        Dictionary<BlobId, PackUsage> listed = [];
        foreach (var blob in IndexEntries.Once(vault.Index))
        {
            if (!listed.TryGetValue(blob.Pack, out var usage)) listed[blob.Pack] = usage = new();
            usage.Note(blob);
            usage.Use(blob);
        }

        foreach (var (pack, usage) in listed)
        {
            if (!packs.TryGetValue(pack, out var length)) Add(Problems.PackMissing(pack));
            else if (length != usage.Bytes) Add(Problems.PackLength(pack, length, usage.Bytes));
            if (usage.IsMixed) Add(Problems.PackMixed(pack));
        }

        _unlisted = [.. packs.Keys.Where(pack => !listed.ContainsKey(pack))];
        foreach (var pack in vault.Index.Files.SelectMany(file => file.Packs.Distinct()).GroupBy(pack => pack).Where(files => files.Count() > 1)) Add(Problems.PackTwice(pack.Key, pack.Count()));
        progress?.Report(new("packs", packs.Count, packs.Count));
        return packs;
    }

    private async Task CheckTreesAsync(IReadOnlyList<Snapshot> snapshots, CancellationToken cancellationToken)
    {
        var done = 0L;
        var trees = await TreeWalker.WalkAsync(vault, snapshots.Select(snapshot => snapshot.Tree), Visit, (tree, error) =>
        {
            Add(Problems.TreeUnreadable(tree, error, _unlisted.Count > 0));
            _badTrees[tree] = true;
        }, cancellationToken);
        foreach (var tree in trees) _used.Add(new(BlobKind.Tree, tree));
        if (!_badTrees.IsEmpty) await NameAffectedAsync(snapshots, cancellationToken);

        void Visit(BlobId id, TreeReferences tree)
        {
            foreach (var fault in tree.Faults) Bad(id, Problems.TreeFault(id, fault));
            foreach (var blob in tree.Content)
            {
                lock (_used) _used.Add(new(BlobKind.Data, blob));
                if (!vault.Index.TryFind(BlobKind.Data, blob, out _)) Bad(id, Problems.DataMissing(id, blob, _unlisted.Count > 0));
            }

            progress?.Report(new("trees", Interlocked.Increment(ref done), 0));
        }

        void Bad(BlobId id, VaultProblem problem)
        {
            Add(problem);
            _badTrees[id] = true;
        }
    }

    // A second walk, and one for each snapshot: only when something is lost, and then people ask of what.
    private async Task NameAffectedAsync(IReadOnlyList<Snapshot> snapshots, CancellationToken cancellationToken)
    {
        foreach (var snapshot in snapshots)
        {
            var trees = await TreeWalker.WalkAsync(vault, [snapshot.Tree], (_, _) => { }, (_, _) => { }, cancellationToken);
            if (trees.Any(_badTrees.ContainsKey)) Add(Problems.SnapshotAffected(snapshot, _unlisted.Count > 0));
        }
    }

    private (long? Blobs, long? Bytes) CountUnused()
    {
        // Below a tree that cannot be read much looks unused that is not.
        if (!_badTrees.IsEmpty) return (null, null);

        long blobs = 0, bytes = 0;
        foreach (var blob in IndexEntries.Once(vault.Index))
        {
            if (_used.Contains(new(blob.Kind, blob.Id))) continue;
            blobs++;
            bytes += blob.Length;
        }

        return (blobs, bytes);
    }

    private async Task<(int Packs, long Bytes, int Trusted)> ReadAsync(IReadOnlyDictionary<BlobId, long> packs, ReadSubset subset, CheckOptions options, CancellationToken cancellationToken)
    {
        var blobs = IndexEntries.Once(vault.Index).ToLookup(blob => blob.Pack);
        // A pack that no index lists has nothing that anybody would miss.
        var listed = packs.Where(pack => blobs.Contains(pack.Key)).ToDictionary();
        var chosen = subset.Choose(listed, pack => options.History?.LastRead(pack), options.Random);
        var due = chosen.Where(pack => !IsTrusted(pack)).ToList();
        var (total, doneBytes, donePacks) = (due.Sum(pack => packs[pack]), 0L, 0);
        try
        {
            await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = options.PacksAtOnce, CancellationToken = cancellationToken }, async (pack, token) =>
            {
                var problems = await PackVerifier.VerifyAsync(vault, pack, packs[pack], [.. blobs[pack]], token);
                foreach (var problem in problems) Add(problem);
                options.History?.Note(pack, whole: problems.Count == 0, time.GetUtcNow());
                progress?.Report(new("data", Interlocked.Add(ref doneBytes, packs[pack]), total));
                if (Interlocked.Increment(ref donePacks) % SaveHistoryEvery == 0) options.History?.Save(packs);
            });
        }
        finally
        {
            // Interrupted too: the next check goes on from here.
            options.History?.Save(packs);
        }

        return (due.Count, total, chosen.Count - due.Count);

        bool IsTrusted(BlobId pack) => options.Trust > TimeSpan.Zero && options.History?.LastRead(pack) is { } read && time.GetUtcNow() - read < options.Trust;
    }
}
