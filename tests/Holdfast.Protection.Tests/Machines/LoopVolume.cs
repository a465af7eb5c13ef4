using System.Diagnostics;

namespace Holdfast.Protection.Tests.Machines;

/// <summary>A real file system in a file, mounted; gone with everything it made when disposed.</summary>
internal sealed class LoopVolume : IDisposable
{
    private readonly string _folder;

    private LoopVolume(string folder) => _folder = folder;

    public string Mount => Path.Combine(_folder, "mount");

    public string Image => Path.Combine(_folder, "image");

    public static LoopVolume Make(string sizeMiB, params string[] mkfs)
    {
        var volume = new LoopVolume(Directory.CreateTempSubdirectory("holdfast-volume-").FullName);
        try
        {
            Directory.CreateDirectory(volume.Mount);
            Run("truncate", "-s", sizeMiB + "M", volume.Image);
            Run(mkfs[0], [.. mkfs[1..], volume.Image]);
            Run("mount", "-o", "loop", volume.Image, volume.Mount);
            return volume;
        }
        catch
        {
            volume.Dispose();
            throw;
        }
    }

    public static LoopVolume Xfs() => Make("400", "mkfs.xfs", "-q", "-m", "reflink=1");

    public static LoopVolume Btrfs() => Make("200", "mkfs.btrfs", "-q");

    public static LoopVolume Ext4() => Make("64", "mkfs.ext4", "-q", "-F");

    public static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error.Result}");
    }

    public void Dispose()
    {
        if (File.ReadAllText("/proc/self/mounts").Contains($" {Mount} ", StringComparison.Ordinal)) Run("umount", Mount);
        Directory.Delete(_folder, recursive: true);
    }
}
