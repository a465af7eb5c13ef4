using Holdfast.Protection.ChangedBlocks;
using Holdfast.Protection.Images;

namespace Holdfast.Protection.VolumeSnapshots;

/// <summary>States of image files on XFS and btrfs: copies that share the blocks, beside the image. Taking one needs no space and stops nobody.</summary>
public static class ReflinkSnapshots
{
    /// <summary>Takes one.</summary>
    /// <exception cref="HoldfastException"><c>reflink.unavailable</c>, <c>reflink.failed</c>.</exception>
    public static KeptState Take(string image, SnapshotName name) => Reflink.Make(image, name.ToString());

    /// <summary>Removes what earlier runs of the job left beside an image; what was removed.</summary>
    /// <param name="image">The image.</param>
    /// <param name="job">The job.</param>
    /// <param name="run">Its run now, whose state stays.</param>
    /// <param name="kept">The states that the chain still needs.</param>
    public static IReadOnlyList<string> Reap(string image, string job, string run, IReadOnlySet<string> kept)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(image))!;
        var names = Directory.EnumerateFiles(folder, ".holdfast.*").Select(path => Path.GetFileName(path)!)
            .Where(text => SnapshotName.TryParse(text, out var name) && name.Of == Path.GetFileName(image));
        var leftOver = SnapshotName.LeftOver(names, job, run, kept);
        foreach (var name in leftOver) Reflink.Remove(Path.Combine(folder, name));
        return leftOver;
    }
}
