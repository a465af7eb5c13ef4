using Holdfast.Protection.Native;

namespace Holdfast.Protection.Volumes;

/// <summary>By what a volume's chain is found again.</summary>
public static class VolumeIdentity
{
    /// <summary>The id of the file system on a device, which goes with it to any machine and any name; where there is none, and for an image file, the machine and the path.</summary>
    /// <exception cref="HoldfastException"><c>volume.failed</c>: there is no such thing.</exception>
    public static async Task<string> OfAsync(string path, string host, CancellationToken cancellationToken)
    {
        path = Path.GetFullPath(path);
        if (LibC.Stat(path).IsBlockDevice)
        {
            // -p asks the device itself: blkid's notes may be of what was on it before. It answers 2 when it finds nothing.
            var (_, output, _) = await Tool.TryAsync("blkid", ["-p", "-o", "value", "-s", "UUID", path], cancellationToken);
            if (output.Trim() is { Length: > 0 } uuid) return uuid;
        }

        return $"{host}:{path}";
    }
}
