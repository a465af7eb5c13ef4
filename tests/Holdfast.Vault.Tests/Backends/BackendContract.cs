using System.Security.Cryptography;
using Holdfast.Vault.Backends;

namespace Holdfast.Vault.Tests.Backends;

/// <summary>What every back end promises (<see cref="IVaultBackend"/>). Each test has an empty vault of its own.</summary>
public abstract class BackendContract : IAsyncLifetime
{
    private IVaultBackend? _backend;

    protected IVaultBackend Backend => _backend ?? throw new InvalidOperationException("not open");

    protected static CancellationToken Never => CancellationToken.None;

    protected abstract Task<IVaultBackend> OpenAsync();

    public async Task InitializeAsync()
    {
        _backend = await OpenAsync();
        await _backend.CreateAsync(Never);
    }

    public virtual async Task DisposeAsync()
    {
        if (_backend is not null) await _backend.DisposeAsync();
    }

    [Theory]
    [InlineData(VaultFileKind.Key)]
    [InlineData(VaultFileKind.Lock)]
    [InlineData(VaultFileKind.Snapshot)]
    [InlineData(VaultFileKind.Index)]
    [InlineData(VaultFileKind.Pack)]
    public async Task What_was_saved_is_loaded_listed_and_measured(VaultFileKind kind)
    {
        var (file, content) = Make(kind, 70_000);

        await Backend.SaveAsync(file, content, Never);

        Assert.Equal(content, await Backend.LoadAsync(file, Never));
        Assert.Equal(70_000, await Backend.LengthAsync(file, Never));
        Assert.Equal([new VaultFileEntry(file, 70_000)], await ListAsync(kind));
        foreach (var other in Enum.GetValues<VaultFileKind>().Where(other => other != kind)) Assert.Empty(await ListAsync(other));
    }

    [Fact]
    public async Task The_config_is_saved_once()
    {
        await Backend.SaveAsync(VaultFile.Config, "first"u8.ToArray(), Never);

        var error = await Assert.ThrowsAsync<HoldfastException>(() => Backend.SaveAsync(VaultFile.Config, "other"u8.ToArray(), Never));

        Assert.Equal("vault.file-exists", error.Code);
        Assert.Equal("first"u8.ToArray(), await Backend.LoadAsync(VaultFile.Config, Never));
        Assert.Equal(5, await Backend.LengthAsync(VaultFile.Config, Never));
        Assert.Equal([new VaultFileEntry(VaultFile.Config, 5)], await ListAsync(VaultFileKind.Config));
    }

    [Fact]
    public async Task Saving_the_same_file_again_succeeds()
    {
        var (file, content) = Make(VaultFileKind.Pack, 1000);
        await Backend.SaveAsync(file, content, Never);

        await Backend.SaveAsync(file, content, Never);

        Assert.Equal(content, await Backend.LoadAsync(file, Never));
        Assert.Single(await ListAsync(VaultFileKind.Pack));
    }

    [Fact]
    public async Task Saving_the_same_file_from_many_writers_succeeds_for_all()
    {
        var (file, content) = Make(VaultFileKind.Pack, 300_000);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Backend.SaveAsync(file, content, Never)));

        Assert.Equal(content, await Backend.LoadAsync(file, Never));
        Assert.Single(await ListAsync(VaultFileKind.Pack));
    }

    [Fact]
    public async Task A_piece_of_a_file_is_read()
    {
        var (file, content) = Make(VaultFileKind.Pack, 100_000);
        await Backend.SaveAsync(file, content, Never);
        var piece = new byte[777];

        await Backend.ReadAsync(file, 12_345, piece, Never);
        Assert.Equal(content[12_345..(12_345 + 777)], piece);

        await Backend.ReadAsync(file, 100_000 - 777, piece, Never);
        Assert.Equal(content[^777..], piece);

        await Backend.ReadAsync(file, 5, Memory<byte>.Empty, Never);
    }

    [Theory]
    [InlineData(950)]
    [InlineData(1000)]
    [InlineData(100_000)]
    public async Task A_file_that_ends_before_what_is_read_is_damaged(long offset)
    {
        var (file, content) = Make(VaultFileKind.Pack, 1000);
        await Backend.SaveAsync(file, content, Never);

        var error = await Assert.ThrowsAsync<HoldfastException>(() => Backend.ReadAsync(file, offset, new byte[100], Never));

        Assert.Equal("vault.damaged", error.Code);
        Assert.Contains(file.Name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        var (file, _) = Make(VaultFileKind.Snapshot, 10);

        Assert.Null(await Backend.LengthAsync(file, Never));
        Assert.Null(await Backend.LengthAsync(VaultFile.Config, Never));
        foreach (var missing in (VaultFile[])[file, VaultFile.Config])
        {
            var load = await Assert.ThrowsAsync<HoldfastException>(() => Backend.LoadAsync(missing, Never));
            var read = await Assert.ThrowsAsync<HoldfastException>(() => Backend.ReadAsync(missing, 0, new byte[1], Never));
            Assert.All([load, read], error => Assert.Equal((ErrorKind.NotFound, "vault.file-missing"), (error.Kind, error.Code)));
            Assert.Contains(missing.ToString(), load.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_removed_file_is_gone_and_can_be_removed_again()
    {
        var (file, content) = Make(VaultFileKind.Lock, 100);
        await Backend.SaveAsync(file, content, Never);

        await Backend.RemoveAsync(file, Never);
        await Backend.RemoveAsync(file, Never);

        Assert.Null(await Backend.LengthAsync(file, Never));
        Assert.Empty(await ListAsync(VaultFileKind.Lock));
        await Backend.SaveAsync(file, content, Never);
        Assert.Equal(content, await Backend.LoadAsync(file, Never));
    }

    [Fact]
    public async Task Creating_again_harms_nothing()
    {
        var (file, content) = Make(VaultFileKind.Index, 100);
        await Backend.SaveAsync(VaultFile.Config, content, Never);
        await Backend.SaveAsync(file, content, Never);

        await Backend.CreateAsync(Never);

        Assert.Equal(content, await Backend.LoadAsync(file, Never));
        Assert.Equal(content, await Backend.LoadAsync(VaultFile.Config, Never));
    }

    [Fact]
    public async Task Many_files_are_listed_each_once()
    {
        var files = Enumerable.Range(0, 60).Select(number => Make(VaultFileKind.Pack, number)).ToList();
        await Task.WhenAll(files.Select(file => Backend.SaveAsync(file.File, file.Content, Never)));

        var listed = await ListAsync(VaultFileKind.Pack);

        Assert.Equal(files.Select(file => new VaultFileEntry(file.File, file.Content.Length)).OrderBy(entry => entry.File.Name), listed.OrderBy(entry => entry.File.Name));
    }

    [Fact]
    public async Task A_save_that_is_given_up_leaves_the_file_whole_or_not_at_all()
    {
        var (file, content) = Make(VaultFileKind.Pack, 8 << 20);
        using var cancelled = new CancellationTokenSource();
        var save = Backend.SaveAsync(file, content, cancelled.Token);
        await cancelled.CancelAsync();
        try
        {
            await save;
        }
        catch (OperationCanceledException)
        {
        }

        var length = await Backend.LengthAsync(file, Never);
        Assert.True(length is null or 8 << 20, $"{length} bytes");
        await Backend.SaveAsync(file, content, Never);
        Assert.Equal(content, await Backend.LoadAsync(file, Never));
    }

    protected async Task<List<VaultFileEntry>> ListAsync(VaultFileKind kind)
    {
        var entries = new List<VaultFileEntry>();
        await foreach (var entry in Backend.ListAsync(kind, Never)) entries.Add(entry);
        return entries;
    }

    internal static (VaultFile File, byte[] Content) Make(VaultFileKind kind, int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        return (new(kind, Convert.ToHexStringLower(SHA256.HashData(content))), content);
    }
}
