using Holdfast.Protection.Images;
using Holdfast.Protection.Native;
using Holdfast.Protection.Ranges;

namespace Holdfast.Protection.ChangedBlocks;

/// <summary>What changed between two kept states of an image file, or why that cannot be said.</summary>
/// <param name="Changed">What may differ; null when it cannot be said, and everything is to be read.</param>
/// <param name="Reason">Why it cannot be said; null when it can.</param>
public sealed record ChangeMap(RangeSet? Changed, string? Reason)
{
    /// <summary>Compares two reflinked copies in one folder.</summary>
    /// <param name="folder">The folder of the image.</param>
    /// <param name="before">The copy that the parent was read from; null when there is none.</param>
    /// <param name="after">The copy that is backed up now.</param>
    public static ChangeMap Between(string folder, KeptState? before, KeptState after)
    {
        if (before is null) return Unknown("the parent has no kept state");
        try
        {
            var (one, two) = (Path.Combine(folder, before.Name), Path.Combine(folder, after.Name));
            if (!File.Exists(one)) return Unknown($"the kept state {before.Name} is gone");
            // Both stay open until both maps are read: an open file keeps its blocks, so none of them can be freed and used again meanwhile.
            using var first = File.OpenHandle(one, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var second = File.OpenHandle(two, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var (then, now) = (LibC.Stat(first, one), LibC.Stat(second, two));
            if (!Is(then, before)) return Unknown($"the kept state {before.Name} was written to or replaced since it was taken");
            if (!Is(now, after)) return Unknown($"the kept state {after.Name} was written to or replaced since it was taken");
            if ((then.DeviceMajor, then.DeviceMinor) != (now.DeviceMajor, now.DeviceMinor)) return Unknown("the two states are on different file systems");

            var changed = ExtentComparison.Changed(ExtentMap.Read(first, one, (long)then.Size), ExtentMap.Read(second, two, (long)now.Size), (long)now.Size);
            return Is(LibC.Stat(first, one), before) && Is(LibC.Stat(second, two), after) ? new(changed, null) : Unknown("a kept state was written to while the maps were read");
        }
        catch (Exception refused) when (refused is HoldfastException or IOException or UnauthorizedAccessException)
        {
            return Unknown(refused.Message);
        }
    }

    private static bool Is(LibC.Statx stat, KeptState state) => stat.Inode == state.Inode && stat.Changed.TotalNanoseconds == state.ChangedNs;

    private static ChangeMap Unknown(string reason) => new(null, reason);
}
