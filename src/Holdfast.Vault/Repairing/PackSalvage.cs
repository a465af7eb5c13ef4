using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Indexes;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Repository;

namespace Holdfast.Vault.Repairing;

/// <summary>What of a damaged pack can be read.</summary>
/// <param name="Pack">The pack.</param>
/// <param name="Whole">Its blobs that are whole.</param>
/// <param name="Damaged">Those that are not, and that no other pack has.</param>
public sealed record SalvagedPack(BlobId Pack, IReadOnlyList<PackedBlob> Whole, IReadOnlyList<PackedBlob> Damaged);

/// <summary>Takes what can be read out of damaged packs into new ones, and removes them. Needs an exclusive lock and the index loaded.</summary>
public sealed class PackSalvage(VaultRepository vault, TimeProvider time)
{
    /// <summary>Looks at packs; changes nothing.</summary>
    public async Task<IReadOnlyList<SalvagedPack>> PlanAsync(IReadOnlyCollection<BlobId> packs, CancellationToken cancellationToken)
    {
        var listed = IndexEntries.Once(vault.Index).Where(blob => packs.Contains(blob.Pack)).ToLookup(blob => blob.Pack);
        List<SalvagedPack> plan = [];
        foreach (var pack in packs.Order())
        {
            List<PackedBlob> whole = [], damaged = [];
            // A pack that no index lists may be all there is of a snapshot: its header tells what is in it.
            var blobs = listed.Contains(pack) ? listed[pack].OrderBy(blob => blob.Offset) : await HeaderAsync(pack, cancellationToken);
            foreach (var blob in blobs)
            {
                (await TryReadAsync(blob, cancellationToken) is null ? damaged : whole).Add(blob);
            }

            plan.Add(new(pack, whole, damaged));
        }

        return plan;
    }

    /// <summary>Carries it out. The blobs are in new packs before the old ones go.</summary>
    public async Task RunAsync(IReadOnlyList<SalvagedPack> plan, VaultLock held, CancellationToken cancellationToken)
    {
        await using (var writer = vault.Rewrite(new() { Time = time }))
        {
            foreach (var blob in plan.SelectMany(pack => pack.Whole))
            {
                // What could be read a moment ago and cannot now ends it: its pack must not go.
                await writer.SaveAsync(blob.Kind, await vault.LoadAsync(blob.Kind, blob.Id, cancellationToken), cancellationToken);
            }

            await writer.FlushAsync(cancellationToken);
        }

        var gone = plan.Select(pack => pack.Pack).ToHashSet();
        var names = vault.Index.Files.Where(file => file.Packs.Any(gone.Contains)).Select(file => file.Name).ToList();
        var rest = await IndexEntries.PacksOfAsync(vault, names, pack => !gone.Contains(pack), cancellationToken);
        await held.EnsureHeldAsync(cancellationToken);
        await vault.SaveIndexAsync(rest, names, cancellationToken);
        foreach (var name in names) await vault.Backend.RemoveAsync(new(VaultFileKind.Index, name), cancellationToken);
        await held.EnsureHeldAsync(cancellationToken);
        foreach (var pack in gone) await vault.Backend.RemoveAsync(new(VaultFileKind.Pack, pack.ToString()), cancellationToken);
        await vault.LoadIndexAsync(cancellationToken);
    }

    private async Task<IEnumerable<PackedBlob>> HeaderAsync(BlobId pack, CancellationToken cancellationToken)
    {
        try
        {
            if (await vault.Backend.LengthAsync(new(VaultFileKind.Pack, pack.ToString()), cancellationToken) is not { } length) return [];
            var blobs = await vault.ReadPackHeaderAsync(pack, length, cancellationToken);
            vault.Index.Add([.. blobs]); // Only in memory: so that they can be read.
            return blobs;
        }
        catch (HoldfastException error) when (error.Kind != ErrorKind.Unavailable)
        {
            return [];
        }
    }

    // The vault itself looks for a whole copy in other packs.
    private async Task<byte[]?> TryReadAsync(PackedBlob blob, CancellationToken cancellationToken)
    {
        try
        {
            return await vault.LoadAsync(blob.Kind, blob.Id, cancellationToken);
        }
        catch (HoldfastException error) when (error.Kind != ErrorKind.Unavailable)
        {
            return null;
        }
    }
}
