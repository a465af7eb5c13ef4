using System.Collections.Concurrent;
using Holdfast.Protection.Scanning;
using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Backups;

/// <summary>Contents of files with several names, so that the second name need not be read. It holds a bounded number.</summary>
internal sealed class HardLinkContents
{
    private const int MaxContents = 200_000;
    private readonly ConcurrentDictionary<(ulong Device, ulong Inode), (FileVersion Version, IReadOnlyList<BlobId> Content)> _contents = [];

    public IReadOnlyList<BlobId>? Find(in FileStat stat) =>
        stat.Links > 1 && _contents.TryGetValue((stat.Device, stat.Inode), out var known) && known.Version == FileVersion.Of(stat) ? known.Content : null;

    public void Add(in FileStat stat, IReadOnlyList<BlobId> content)
    {
        if (stat.Links > 1 && _contents.Count < MaxContents) _contents[(stat.Device, stat.Inode)] = (FileVersion.Of(stat), content);
    }
}
