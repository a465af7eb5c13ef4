using System.Diagnostics;
using Holdfast.Vault.Backends;

namespace Holdfast.Vault.Tests.Backends;

public sealed class DirectoryBackendTests : BackendContract
{
    private readonly Scratch _scratch = new();

    protected override Task<IVaultBackend> OpenAsync() => Task.FromResult<IVaultBackend>(new DirectoryBackend(_scratch["vault"]));

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Files_are_where_restic_looks_for_them_and_read_only()
    {
        var (pack, content) = Make(VaultFileKind.Pack, 10);
        var (key, _) = Make(VaultFileKind.Key, 10);

        await Backend.SaveAsync(pack, content, Never);
        await Backend.SaveAsync(key, content, Never);

        var path = _scratch[$"vault/data/{pack.Name[..2]}/{pack.Name}"];
        Assert.True(File.Exists(path));
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(path));
        Assert.True(File.Exists(_scratch[$"vault/keys/{key.Name}"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_scratch["vault/data"]));
        Assert.Equal(256, Directory.GetDirectories(_scratch["vault/data"]).Length);
    }

    [Fact]
    public async Task A_vault_shared_with_a_group_stays_shared()
    {
        await Backend.SaveAsync(VaultFile.Config, new byte[1], Never);
        File.SetUnixFileMode(_scratch["vault/config"], UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var (file, content) = Make(VaultFileKind.Snapshot, 10);
        await using var again = new DirectoryBackend(_scratch["vault"]);

        await again.SaveAsync(file, content, Never);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead, File.GetUnixFileMode(_scratch[$"vault/snapshots/{file.Name}"]));
    }

    [Fact]
    public async Task What_is_no_file_of_a_vault_is_not_listed()
    {
        var (file, content) = Make(VaultFileKind.Index, 10);
        await File.WriteAllBytesAsync(_scratch[$"vault/index/{file.Name}-tmp-12345"], content);
        await File.WriteAllBytesAsync(_scratch[$"vault/index/{file.Name.ToUpperInvariant()}"], content);
        Directory.CreateDirectory(_scratch["vault/index/lost+found"]);

        Assert.Empty(await ListAsync(VaultFileKind.Index));
    }

    [Fact]
    public async Task A_missing_folder_of_packs_is_made_when_it_is_needed()
    {
        var (file, content) = Make(VaultFileKind.Pack, 10);
        Directory.Delete(_scratch["vault/data"], recursive: true);
        Directory.CreateDirectory(_scratch["vault/data"]);

        Assert.Null(await Backend.LengthAsync(file, Never));
        Assert.Empty(await ListAsync(VaultFileKind.Pack));
        await Backend.SaveAsync(file, content, Never);

        Assert.Equal(content, await Backend.LoadAsync(file, Never));
    }

    [Fact]
    public async Task A_directory_that_is_gone_is_no_empty_vault()
    {
        var (file, content) = Make(VaultFileKind.Pack, 10);
        Directory.Delete(_scratch["vault"], recursive: true);

        var errors = new[]
        {
            await Assert.ThrowsAsync<HoldfastException>(() => Backend.LengthAsync(file, Never)),
            await Assert.ThrowsAsync<HoldfastException>(() => Backend.LengthAsync(VaultFile.Config, Never)),
            await Assert.ThrowsAsync<HoldfastException>(() => Backend.LoadAsync(file, Never)),
            await Assert.ThrowsAsync<HoldfastException>(() => ListAsync(VaultFileKind.Pack)),
            await Assert.ThrowsAsync<HoldfastException>(() => Backend.SaveAsync(file, content, Never)),
            await Assert.ThrowsAsync<HoldfastException>(() => Backend.RemoveAsync(file, Never)),
        };

        Assert.All(errors, error => Assert.Equal("vault.unreachable", error.Code));
        Assert.False(Directory.Exists(_scratch["vault"]));
    }

    [Fact]
    public async Task A_file_of_another_length_is_not_replaced()
    {
        var (file, content) = Make(VaultFileKind.Pack, 1000);
        var path = _scratch[$"vault/data/{file.Name[..2]}/{file.Name}"];
        await File.WriteAllBytesAsync(path, content[..500]);

        var error = await Assert.ThrowsAsync<HoldfastException>(() => Backend.SaveAsync(file, content, Never));

        Assert.Equal("vault.file-exists", error.Code);
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public async Task An_upload_that_is_given_up_leaves_nothing()
    {
        var (file, content) = Make(VaultFileKind.Pack, 1000);
        await using (var upload = await ((DirectoryBackend)Backend).BeginUploadAsync(file, Never)) await upload.WriteAsync(content, Never);

        Assert.Empty(Directory.GetFiles(_scratch["vault"], "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Leftovers_of_the_killed_are_removed_when_old()
    {
        var (file, content) = Make(VaultFileKind.Pack, 1000);
        await Backend.SaveAsync(file, content, Never);
        var (old, young) = (_scratch[$"vault/data/00/{file.Name}-tmp-1"], _scratch[$"vault/index/{file.Name}-tmp-2"]);
        await File.WriteAllBytesAsync(old, content);
        await File.WriteAllBytesAsync(young, content);
        var now = new DateTimeOffset(File.GetLastWriteTimeUtc(young));
        File.SetLastWriteTimeUtc(old, now.UtcDateTime.AddDays(-2));

        var removed = await ((DirectoryBackend)Backend).RemoveLeftoversAsync(now.AddDays(-1), Never);

        Assert.Equal(1, removed);
        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young));
        Assert.Equal(content, await Backend.LoadAsync(file, Never));
    }

    [RootFact]
    public async Task A_full_disk_is_said_and_leaves_nothing_half_written()
    {
        var disk = Directory.CreateDirectory(_scratch["small"]).FullName;
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk);
        try
        {
            await using var small = new DirectoryBackend(disk);
            await small.CreateAsync(Never);
            var (file, content) = Make(VaultFileKind.Pack, 4 << 20);

            var error = await Assert.ThrowsAsync<HoldfastException>(() => small.SaveAsync(file, content, Never));

            Assert.Equal("vault.full", error.Code);
            Assert.Empty(Directory.GetFiles(disk, "*", SearchOption.AllDirectories));
        }
        finally
        {
            await RunAsync("umount", disk);
        }
    }

    [RootFact]
    public async Task A_disk_mounted_read_only_is_said()
    {
        var disk = Directory.CreateDirectory(_scratch["small"]).FullName;
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk);
        try
        {
            await using var frozen = new DirectoryBackend(disk);
            await frozen.CreateAsync(Never);
            var (file, content) = Make(VaultFileKind.Lock, 10);
            await frozen.SaveAsync(file, content, Never);
            await RunAsync("mount", "-o", "remount,ro", disk);

            var save = await Assert.ThrowsAsync<HoldfastException>(() => frozen.SaveAsync(Make(VaultFileKind.Lock, 10).File, content, Never));
            var remove = await Assert.ThrowsAsync<HoldfastException>(() => frozen.RemoveAsync(file, Never));

            Assert.All([save, remove], error => Assert.Equal((ErrorKind.Forbidden, "vault.read-only"), (error.Kind, error.Code)));
        }
        finally
        {
            await RunAsync("umount", disk);
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
