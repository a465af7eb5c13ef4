using Holdfast.Lab.Linux;

namespace Holdfast.Lab.Disks;

/// <summary>What of a disk survives a power cut: a sparse image file with a file system in it.</summary>
/// <param name="name">The disk's name.</param>
/// <param name="path">The image file.</param>
/// <param name="bytes">Its size.</param>
public sealed class StableImage(string name, string path, long bytes)
{
    /// <summary>Gets the disk's name; hosts see a shared disk as <c>/dev/shared/NAME</c>.</summary>
    public string Name => name;

    /// <summary>Gets the disk's path on every host, for a shared disk.</summary>
    public string DevicePath => $"/dev/shared/{name}";

    internal string Path => path;

    internal long Bytes => bytes;

    internal static async Task<StableImage> CreateAsync(string name, string path, long bytes)
    {
        await using (var file = File.Create(path))
        {
            file.SetLength(bytes);
        }

        // No lazy initialisation: it would go on writing in the background of every measurement.
        await Command.RunAsync("mkfs.ext4", "-q", "-F", "-m", "0", "-J", "size=16", "-E", "nodiscard,lazy_itable_init=0,lazy_journal_init=0", path);
        return new StableImage(name, path, bytes);
    }
}
