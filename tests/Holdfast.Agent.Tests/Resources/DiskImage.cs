namespace Holdfast.Agent.Tests.Resources;

/// <summary>A real ext4 file system in an image, as a loop device, in a temporary folder; all of it goes away again.</summary>
internal sealed class DiskImage : IAsyncDisposable
{
    private DiskImage(string folder, string device)
    {
        Folder = folder;
        Device = device;
    }

    public string Folder { get; }

    public string Device { get; }

    public string Image => Path.Combine(Folder, "disk.img");

    public string Target => Path.Combine(Folder, "mounted here");

    public static async Task<DiskImage> CreateAsync(bool asLoopDevice = true, params string[] options)
    {
        var folder = Directory.CreateTempSubdirectory("holdfast-disk-").FullName;
        var image = Path.Combine(folder, "disk.img");
        await using (var file = File.Create(image)) file.SetLength(16 << 20);
        await RequireAsync(["mkfs.ext4", "-q", "-F", .. options, image]);
        return new DiskImage(folder, asLoopDevice ? (await RequireAsync("losetup", "--find", "--show", image)).Trim() : image);
    }

    public byte[] ReadClaimArea() => File.ReadAllBytes(Image).AsSpan(512, 512).ToArray();

    public static async Task<string> RequireAsync(params string[] command)
    {
        var result = await FakeLeash.ExecuteAsync(command);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException($"{string.Join(' ', command)}: {result.Output}");
    }

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(Target)) await FakeLeash.ExecuteAsync("umount", "-q", Target);
        foreach (var line in (await FakeLeash.ExecuteAsync("losetup", "-n", "-O", "NAME", "-j", Image)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            await FakeLeash.ExecuteAsync("losetup", "-d", line.Trim());
        Directory.Delete(Folder, recursive: true);
    }
}
