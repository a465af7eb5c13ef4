using System.Collections.Concurrent;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Indexes;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Walking;

namespace Holdfast.Vault.Pruning;

/// <summary>Removes what no snapshot needs. Needs an exclusive lock.</summary>
/// <remarks>
/// Can stop anywhere: a pack goes only when no index file lists it any more, and an index file only when others list all that is used of it. What a
/// stopped prune leaves are packs that nobody lists and blobs that are there twice; the next one removes them.
/// </remarks>
public sealed class Pruner(VaultRepository vault, TimeProvider time, IProgress<PruneProgress>? progress = null)
{
    private const int FilesAtOnce = 4;
    private const int PacksReadAtOnce = 2;

    /// <summary>Finds out what is used and plans. Reads the index anew; changes nothing.</summary>
    /// <param name="options">How much is repacked.</param>
    /// <param name="gone">Snapshots that count as removed, for the preview of a forget; not for carrying it out.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="HoldfastException">What <see cref="PrunePlanner"/> refuses, or a snapshot or tree that cannot be read: what it needs is not known.</exception>
    public async Task<PreparedPrune> PlanAsync(PruneOptions options, IReadOnlyCollection<Snapshot> gone, CancellationToken cancellationToken)
    {
        progress?.Report(new(PruneStage.Plan, 0, 0));
        var glance = await VaultGlance.TakeAsync(vault, cancellationToken);
        await vault.LoadIndexAsync(cancellationToken);
        var without = gone.Select(snapshot => snapshot.Id).ToHashSet();
        var roots = (await SnapshotFiles.ListAsync(vault, unreadable: null, cancellationToken)).Where(snapshot => !without.Contains(snapshot.Id)).Select(snapshot => snapshot.Tree);
        var used = await TreeWalker.FindUsedAsync(vault, roots, cancellationToken);
        var packs = await ListPacksAsync(vault, cancellationToken);
        var plan = PrunePlanner.Plan(new() { Used = used, Index = IndexEntries.Once(vault.Index), Packs = packs, Version = vault.Config.Version }, options);
        return new(plan, packs, glance);
    }

    /// <summary>Carries a plan out.</summary>
    /// <exception cref="HoldfastException"><c>lock.lost</c>, <c>prune.vault-changed</c>, or what the back end says; nothing that is used is lost.</exception>
    public async Task RunAsync(PreparedPrune prune, VaultLock held, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        try
        {
            // Whoever wrote these held a lock then and holds none now, or has lost it and must give up anyway.
            await vault.Backend.RemoveLeftoversAsync(time.GetUtcNow(), either.Token);
            await RemovePacksAsync(prune, PruneStage.RemoveUnreferenced, prune.Plan.Unreferenced, held, either.Token);
            await RepackAsync(prune, either.Token);
            if (!prune.Plan.ChangesIndex) return;
            await ReplaceIndexAsync(prune, held, either.Token);
            await RemovePacksAsync(prune, PruneStage.RemovePacks, [.. prune.Plan.Remove, .. prune.Plan.Repack], held, either.Token);
        }
        catch (OperationCanceledException) when (held.Lost.IsCancellationRequested)
        {
            await held.EnsureHeldAsync(cancellationToken); // Says so.
            throw;
        }
    }

    internal static async Task<Dictionary<BlobId, long>> ListPacksAsync(VaultRepository vault, CancellationToken cancellationToken)
    {
        Dictionary<BlobId, long> packs = [];
        await foreach (var entry in vault.Backend.ListAsync(VaultFileKind.Pack, cancellationToken))
        {
            if (BlobId.TryParse(entry.File.Name, out var pack)) packs[pack] = entry.Length;
        }

        return packs;
    }

    private async Task RepackAsync(PreparedPrune prune, CancellationToken cancellationToken)
    {
        var packs = prune.Plan.Repack;
        if (packs.Count == 0) return;

        var wanted = new ConcurrentDictionary<BlobHandle, bool>(prune.Plan.Keep.Select(blob => KeyValuePair.Create(blob, true)));
        var blobs = IndexEntries.Once(vault.Index).Where(blob => packs.Contains(blob.Pack)).ToLookup(blob => blob.Pack);
        var done = 0;
        await using var writer = vault.Rewrite(new() { Time = time });
        await Parallel.ForEachAsync(packs, new ParallelOptions { MaxDegreeOfParallelism = PacksReadAtOnce, CancellationToken = cancellationToken }, async (pack, token) =>
        {
            // Whoever comes first takes a blob that several packs have.
            var take = blobs[pack].Where(blob => wanted.TryRemove(new(blob.Kind, blob.Id), out _)).ToList();
            await vault.ReadPackAsync(pack, take, async (blob, content) => await writer.SaveAsync(blob.Kind, content, token), token);
            progress?.Report(new(PruneStage.Repack, Interlocked.Increment(ref done), packs.Count));
        });
        await writer.FlushAsync(cancellationToken);
        if (prune.Plan.Keep.FirstOrDefault(blob => !writer.Index.TryFind(blob.Kind, blob.Id, out _)) is { Id.IsNone: false } lost)
        {
            throw new InvalidOperationException($"The blob {lost.Id} was to be written anew and was not. Nothing was removed.");
        }

        prune.Glance.AddIndexes(writer.IndexFiles);
    }

    /// <summary>Writes anew what the index files that list a pack to be removed say of the others, then removes those files.</summary>
    private async Task ReplaceIndexAsync(PreparedPrune prune, VaultLock held, CancellationToken cancellationToken)
    {
        var obsolete = prune.Plan.Obsolete.ToHashSet();
        var affected = vault.Index.Files.Where(file => file.Packs.Any(obsolete.Contains)).ToList();
        var names = affected.Select(file => file.Name).ToList();
        var packs = await IndexEntries.PacksOfAsync(vault, names, pack => !obsolete.Contains(pack), cancellationToken);
        prune.Glance.AddIndexes(await vault.SaveIndexAsync(packs, names, cancellationToken));
        await held.EnsureHeldAsync(cancellationToken);
        await RemoveAsync(PruneStage.Index, [.. names.Select(name => new VaultFile(VaultFileKind.Index, name))], cancellationToken);
    }

    private async Task RemovePacksAsync(PreparedPrune prune, PruneStage stage, IReadOnlyCollection<BlobId> packs, VaultLock held, CancellationToken cancellationToken)
    {
        if (packs.Count == 0) return;
        await held.EnsureHeldAsync(cancellationToken);
        await prune.Glance.RefuseChangesAsync(vault, cancellationToken);
        await RemoveAsync(stage, [.. packs.Where(prune.Packs.ContainsKey).Select(pack => new VaultFile(VaultFileKind.Pack, pack.ToString()))], cancellationToken);
    }

    private Task RemoveAsync(PruneStage stage, IReadOnlyList<VaultFile> files, CancellationToken cancellationToken)
    {
        var done = 0;
        return Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = cancellationToken }, async (file, token) =>
        {
            await vault.Backend.RemoveAsync(file, token);
            progress?.Report(new(stage, Interlocked.Increment(ref done), files.Count));
        });
    }
}
