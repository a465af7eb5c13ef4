using Holdfast.Protection.Images;
using Holdfast.Protection.Native;
using Holdfast.Protection.Ranges;

namespace Holdfast.Protection.Allocation;

/// <summary>Which blocks the file system on a volume uses, asked of partclone: it reads the maps of a dozen file systems and answers in one form.</summary>
/// <remarks>
/// Only of a volume that nothing writes to and whose journal is empty; else the maps on the disk are older than what the journal holds, and a block in use could be left
/// out. Whenever there is a doubt the answer is null, and everything is read.
/// </remarks>
public static class UsedBlocks
{
    /// <summary>What is in use; null when that cannot be said.</summary>
    /// <param name="path">An unmounted device, a snapshot of one, or an image of one file system.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<RangeSet?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var log = Path.Combine(Path.GetTempPath(), $"holdfast-used-{Guid.NewGuid():N}");
        try
        {
            var kind = (await Tool.TryAsync("blkid", ["-p", "-s", "TYPE", "-o", "value", path], cancellationToken)).Output.Trim();
            var program = kind switch { "ext2" or "ext3" or "ext4" => "partclone.extfs", "xfs" => "partclone.xfs", _ => null };
            if (program is null || !await IsSettledAsync(kind, path, cancellationToken)) return null;
            var (code, _, _) = await Tool.TryAsync(program, ["--domain", "--source", path, "--output", log, "--logfile", log + ".log", "--quiet"], cancellationToken);
            if (code != 0 || !File.Exists(log)) return null;
            using var source = VolumeSource.Open(path);
            return DomainLog.Parse(await File.ReadAllTextAsync(log, cancellationToken), source.Length);
        }
        catch (HoldfastException missing) when (missing.Code is "tool.missing")
        {
            return null;
        }
        finally
        {
            File.Delete(log);
            File.Delete(log + ".log");
        }
    }

    private static async Task<bool> IsSettledAsync(string kind, string path, CancellationToken cancellationToken)
    {
        if (kind == "xfs") return (await Tool.TryAsync("xfs_logprint", ["-t", path], cancellationToken)).Output.Contains("state: <CLEAN>", StringComparison.Ordinal);
        using var source = VolumeSource.Open(path);
        if (source.Length < ExtSuperblock.Offset + ExtSuperblock.Length) return false;
        var superblock = new byte[ExtSuperblock.Length];
        source.Read(ExtSuperblock.Offset, superblock);
        return ExtSuperblock.IsSettled(superblock);
    }
}
