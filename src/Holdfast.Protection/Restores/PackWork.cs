using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Restores;

/// <summary>What a batch needs of one pack.</summary>
internal sealed class PackWork
{
    private readonly Dictionary<BlobId, (PackedBlob Blob, List<Place> Places)> _blobs = [];

    /// <summary>Gets the blobs that are still needed.</summary>
    public IReadOnlyList<PackedBlob> Blobs => [.. _blobs.Values.Select(entry => entry.Blob)];

    public void Add(Place place)
    {
        if (_blobs.TryGetValue(place.Blob.Id, out var entry)) entry.Places.Add(place);
        else _blobs.Add(place.Blob.Id, (place.Blob, [place]));
    }

    /// <summary>The places of a blob; they are done.</summary>
    public IReadOnlyList<Place> Take(PackedBlob blob) => _blobs.Remove(blob.Id, out var entry) ? entry.Places : [];

    /// <summary>What was not taken.</summary>
    public IReadOnlyList<(PackedBlob Blob, IReadOnlyList<Place> Places)> Rest() => [.. _blobs.Values.Select(entry => (entry.Blob, (IReadOnlyList<Place>)entry.Places))];
}
