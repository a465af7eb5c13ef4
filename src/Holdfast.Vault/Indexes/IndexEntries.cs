using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Repository;

namespace Holdfast.Vault.Indexes;

/// <summary>Ways to go through an index.</summary>
internal static class IndexEntries
{
    /// <summary>Every entry once, though a pack may be in several index files.</summary>
    public static IEnumerable<PackedBlob> Once(VaultIndex index)
    {
        HashSet<BlobId> packs = [];
        var several = index.Files.SelectMany(file => file.Packs).Where(pack => !packs.Add(pack)).ToHashSet();
        return several.Count == 0 ? index.All : Filtered(index.All, several);
    }

    /// <summary>The packs that some index files list, each once, with their blobs.</summary>
    public static async Task<IReadOnlyList<IReadOnlyList<PackedBlob>>> PacksOfAsync(VaultRepository vault, IEnumerable<string> files, Func<BlobId, bool> choose, CancellationToken cancellationToken)
    {
        Dictionary<BlobId, HashSet<PackedBlob>> packs = [];
        foreach (var name in files)
        {
            var contents = await vault.LoadIndexFileAsync(new(VaultFileKind.Index, name), cancellationToken);
            foreach (var blob in contents.Blobs)
            {
                if (!choose(blob.Pack)) continue;
                if (!packs.TryGetValue(blob.Pack, out var blobs)) packs[blob.Pack] = blobs = [];
                blobs.Add(blob);
            }
        }

        return [.. packs.Values.Select(blobs => blobs.OrderBy(blob => blob.Offset).ToList())];
    }

    private static IEnumerable<PackedBlob> Filtered(IEnumerable<PackedBlob> all, HashSet<BlobId> several)
    {
        HashSet<PackedBlob> seen = [];
        foreach (var blob in all)
        {
            if (!several.Contains(blob.Pack) || seen.Add(blob)) yield return blob;
        }
    }
}
