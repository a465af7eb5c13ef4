using System.Diagnostics;
using System.Text;
using Holdfast.Protection.Images;
using Holdfast.Protection.Tests.Machines;
using Holdfast.Protection.VolumeSnapshots;
using Holdfast.Protection.Volumes;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Repository;

namespace Holdfast.Protection.Tests.Volumes;

/// <summary>An image file on a real XFS, into a real vault, judged by restic.</summary>
public sealed class VolumeBackupTests : IAsyncLifetime, IDisposable
{
    private readonly LoopVolume _volume = LoopVolume.Xfs();
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-vault-").FullName;
    private VaultRepository _vault = null!;

    private string Image => Path.Combine(_volume.Mount, "disk.img");

    public async Task InitializeAsync()
    {
        using var password = new VaultPassword("secret");
        var backend = new DirectoryBackend(Path.Combine(_folder, "vault"));
        _vault = await VaultRepository.InitAsync(backend, password, new() { KeyDerivation = new(1024, 8, 1) }, default);
        await _vault.LoadIndexAsync(default);
        var content = ImageBackupTestContent();
        await File.WriteAllBytesAsync(Image, content);
        LoopVolume.Run("truncate", "-s", "600M", Image);
    }

    async Task IAsyncLifetime.DisposeAsync() => await _vault.DisposeAsync();

    public void Dispose()
    {
        _volume.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Restic_checks_what_is_written_and_restores_segments_that_are_the_image()
    {
        var first = await BackUpAsync("1", parent: null);
        await RecordAsync(first, "2026-01-01T00:00:00Z");
        Overwrite(9 << 20, 100_000);
        var second = await BackUpAsync("2", first);
        await RecordAsync(second, "2026-01-02T00:00:00Z");

        Restic("check", "--read-data");
        Restic("restore", "latest", "--target", Path.Combine(_folder, "restored"));

        LoopVolume.Run("sh", "-c", $"cat {_folder}/restored{Image}/*/data | cmp - {Image}");
        Assert.InRange(second.Image!.ReadBytes, 1, 1 << 20);
        Assert.Null(second.MapReason);
        Assert.Equal(SnapshotKind.Reflink, second.HeldBy);
    }

    [Fact]
    public async Task Each_backup_leaves_one_kept_state_and_a_killed_one_none_for_long()
    {
        var first = await BackUpAsync("1", parent: null);
        ReflinkSnapshots.Take(Image, new("manual", "killed", "disk.img"));
        Overwrite(0, 10);

        var second = await BackUpAsync("2", first);

        Assert.Equal([second.Info.State!.Name], Directory.EnumerateFiles(_volume.Mount, ".*").Select(path => Path.GetFileName(path)!));
    }

    [Fact]
    public async Task A_backup_that_fails_leaves_the_parents_state()
    {
        var first = await BackUpAsync("1", parent: null);
        Overwrite(0, 10);
        var parent = await OpenAsync(first);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new VolumeBackup(_vault, _vault, TimeProvider.System).RunAsync(Image, parent, new() { Run = "2" }, new CancellationToken(canceled: true)));

        Assert.Equal([first.Info.State!.Name], Directory.EnumerateFiles(_volume.Mount, ".*").Select(path => Path.GetFileName(path)!));
    }

    [Fact]
    public async Task A_run_that_was_killed_is_taken_up_from_the_state_that_it_held()
    {
        ImageCheckpoint? last = null;
        using var kill = new CancellationTokenSource();
        var options = new VolumeBackupOptions
        {
            Run = "1",
            Image = new()
            {
                CheckpointBytes = 8 << 20,
                OnCheckpoint = async (checkpoint, _) =>
                {
                    last = checkpoint;
                    await kill.CancelAsync();
                },
            },
        };
        var expected = await File.ReadAllBytesAsync(Image);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new VolumeBackup(_vault, _vault, TimeProvider.System).RunAsync(Image, null, options, kill.Token));
        Overwrite(0, 40 << 20); // Life went on: what the first run held is what is backed up.

        var result = await new VolumeBackup(_vault, _vault, TimeProvider.System).RunAsync(Image, null, options with { Resume = last, Image = new() }, default);

        Assert.InRange(result.Image!.ReadBytes, 1, (60 << 20) - (4 << 20));
        var stored = new byte[expected.Length];
        await new ImageReader(await OpenAsync(result), _vault).ReadAsync(0, stored, default);
        Assert.True(expected.AsSpan().SequenceEqual(stored));
    }

    [Fact]
    public async Task Asked_to_audit_it_reads_everything_and_finds_nothing_wrong()
    {
        var first = await BackUpAsync("1", parent: null);
        Overwrite(1 << 20, 10);

        var result = await new VolumeBackup(_vault, _vault, TimeProvider.System).RunAsync(Image, await OpenAsync(first), new() { Run = "2", Audit = true }, default);

        Assert.True(result.Mismatches.IsEmpty);
        Assert.Equal(60 << 20, result.Image!.ReadBytes);
        Assert.Equal(0, result.Info.MapTrust.BackupsSinceFullRead);
    }

    private static byte[] ImageBackupTestContent()
    {
        var content = new byte[60 << 20];
        new Random(3).NextBytes(content);
        return content;
    }

    private async Task<VolumeBackupResult> BackUpAsync(string run, VolumeBackupResult? parent)
    {
        var result = await new VolumeBackup(_vault, _vault, TimeProvider.System).RunAsync(Image, parent is null ? null : await OpenAsync(parent), new() { Run = run }, default);
        result.Commit();
        return result;
    }

    private Task<StoredImage> OpenAsync(VolumeBackupResult result) => StoredImage.OpenAsync(_vault, result.Tree, default);

    private async Task RecordAsync(VolumeBackupResult result, string time)
    {
        var root = await ImagePlace.SaveAsync(_vault, Image, result.Tree, default);
        Assert.Equal(result.Tree, (await ImagePlace.FindAsync(_vault, root, Image, default))!.Tree);
        var json = $$"""{"time":"{{time}}","tree":"{{root}}","paths":["{{Image}}"],"hostname":"test","username":"root"}""";
        await _vault.SaveUnpackedAsync(VaultFileKind.Snapshot, Encoding.UTF8.GetBytes(json), default);
    }

    private void Overwrite(long offset, int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        using var file = new FileStream(Image, FileMode.Open, FileAccess.Write);
        file.Position = offset;
        file.Write(content);
    }

    private void Restic(params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/restic", ["--no-cache", "-r", Path.Combine(_folder, "vault"), .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["RESTIC_PASSWORD"] = "secret";
        start.Environment["TMPDIR"] = _folder;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"restic {string.Join(' ', arguments)}: {process.ExitCode}\n{output}\n{error.Result}");
    }
}
