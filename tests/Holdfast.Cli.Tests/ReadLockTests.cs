namespace Holdfast.Cli.Tests;

/// <summary>Who reads holds a lock, so that no prune takes away what is being read; and does not begin beside one.</summary>
public sealed class ReadLockTests : IAsyncLifetime
{
    private const int MoreThanAPipeHolds = 4 * 1024 * 1024;

    private ScratchVault _scratch = null!;

    public async Task InitializeAsync()
    {
        _scratch = await ScratchVault.MakeAsync();
        var bytes = new byte[MoreThanAPipeHolds];
        new Random(1).NextBytes(bytes);
        await File.WriteAllBytesAsync(_scratch.Write("data/large", ""), bytes);
        Assert.Equal(0, (await _scratch.RunAsync("backup", _scratch["data"])).Exit);
    }

    Task IAsyncLifetime.DisposeAsync()
    {
        _scratch.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_prune_is_refused_while_somebody_reads()
    {
        var pipe = _scratch["pipe"];
        _scratch.Run("mkfifo", pipe);
        // It stands still in the middle of its output until somebody takes it.
        var reading = Task.Run(() => _scratch.RunAsync("dump", "latest", _scratch["data"], "--target", pipe));
        var opening = Task.Run(() => File.OpenRead(pipe)); // Opens when the other end does.
        Assert.True(await Task.WhenAny(opening, reading) == opening, "Nobody wrote.");
        await using (var output = await opening)
        {
            var prune = await _scratch.RunAsync("vault", "prune");
            Assert.Contains("[lock.held]", prune.Error, StringComparison.Ordinal);
            await output.CopyToAsync(Stream.Null);
        }

        Assert.Equal(0, (await reading).Exit);
        Assert.Empty(Directory.EnumerateFiles(_scratch.Vault + "/locks"));
        Assert.Equal(0, (await _scratch.RunAsync("vault", "prune")).Exit);
    }

    [Theory]
    [InlineData("ls", "latest")]
    [InlineData("find", "large")]
    [InlineData("dump", "latest", "/")]
    [InlineData("stats")]
    [InlineData("diff", "latest", "latest")]
    [InlineData("restore", "latest", "--target", "restored")]
    [InlineData("vault", "check")]
    public async Task Nobody_begins_to_read_beside_a_prune(params string[] command)
    {
        using var password = new Holdfast.Vault.Crypto.VaultPassword("secret");
        await using var backend = new Holdfast.Vault.Backends.DirectoryBackend(_scratch.Vault);
        await using var vault = await Holdfast.Vault.Repository.VaultRepository.OpenAsync(backend, password, default);
        await using var pruning = await Holdfast.Vault.Locks.VaultLock.ExcludeAsync(vault, TimeProvider.System, default);

        var ran = await _scratch.RunAsync([.. command.Select(word => word == "restored" ? _scratch[word] : word)]);

        Assert.Contains("[lock.held]", ran.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, ran.Exit);
    }
}
