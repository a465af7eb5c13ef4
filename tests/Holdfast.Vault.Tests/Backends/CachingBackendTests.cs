using Holdfast.Vault.Backends;

namespace Holdfast.Vault.Tests.Backends;

public sealed class CachingBackendTests : BackendContract
{
    private const string Vault = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private readonly Scratch _scratch = new();
    private readonly ManualTime _time = new();
    private readonly MemoryBackend _memory = new();
    private FaultyBackend? _watched;

    private CachingBackend Cached => (CachingBackend)Backend;

    protected override Task<IVaultBackend> OpenAsync()
    {
        _watched = new FaultyBackend(_memory, _ => Fault.None);
        var backend = Open(_watched, 1 << 20);
        return Task.FromResult<IVaultBackend>(backend);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _scratch.Dispose();
    }

    [Theory]
    [InlineData(VaultFileKind.Index)]
    [InlineData(VaultFileKind.Snapshot)]
    [InlineData(VaultFileKind.Pack)]
    public async Task What_was_read_once_is_not_asked_for_again(VaultFileKind kind)
    {
        var (file, content) = Make(kind, 1000);
        await _memory.SaveAsync(file, content, Never);
        await Backend.LoadAsync(file, Never);
        var calls = _watched!.Calls;
        var piece = new byte[100];

        Assert.Equal(content, await Backend.LoadAsync(file, Never));
        await Backend.ReadAsync(file, 50, piece, Never);

        Assert.Equal(content[50..150], piece);
        Assert.Equal(calls, _watched.Calls);
    }

    [Theory]
    [InlineData(VaultFileKind.Lock)]
    [InlineData(VaultFileKind.Key)]
    public async Task Locks_and_keys_are_asked_for_each_time(VaultFileKind kind)
    {
        var (file, content) = Make(kind, 1000);
        await Backend.SaveAsync(file, content, Never);
        await Backend.LoadAsync(file, Never);
        var calls = _watched!.Calls;

        await Backend.LoadAsync(file, Never);

        Assert.Equal(calls + 1, _watched.Calls);
    }

    [Fact]
    public async Task Packs_of_data_are_not_kept()
    {
        var (file, content) = Make(VaultFileKind.Pack, 1000);
        await Backend.SaveAsync(file, content, Never);
        Cached.IsTreePack = _ => false;
        var calls = _watched!.Calls;

        await Backend.ReadAsync(file, 0, new byte[10], Never);

        Assert.Equal(calls + 1, _watched.Calls);
    }

    [Fact]
    public async Task A_damaged_entry_is_fetched_again()
    {
        var (file, content) = Make(VaultFileKind.Index, 1000);
        await Backend.SaveAsync(file, content, Never);
        var entry = Assert.Single(Entries());
        var damaged = content.ToArray();
        damaged[500] ^= 1;
        await File.WriteAllBytesAsync(entry, damaged);

        Assert.Equal(content, await Backend.LoadAsync(file, Never));
        Assert.Equal(content, await File.ReadAllBytesAsync(entry)); // Mended.

        await File.WriteAllBytesAsync(entry, content[..300]);
        var piece = new byte[100];
        await using var other = Open(_memory, 1 << 20); // Another process.
        await other.ReadAsync(file, 400, piece, Never);
        Assert.Equal(content[400..500], piece);
    }

    [Fact]
    public async Task What_is_damaged_in_the_vault_is_not_kept()
    {
        var (file, content) = Make(VaultFileKind.Index, 1000);
        await _memory.SaveAsync(file, content, Never);
        await using var other = Open(new FaultyBackend(_memory, call => call.Number == 1 ? Fault.FlippedBit : Fault.None), 1 << 20);

        Assert.NotEqual(content, await other.LoadAsync(file, Never));
        Assert.Equal(content, await other.LoadAsync(file, Never));
    }

    [Fact]
    public async Task It_stays_within_its_budget_and_keeps_what_was_used_last()
    {
        await using var small = Open(_memory, 100_000);
        var files = Enumerable.Range(0, 30).Select(_ => Make(VaultFileKind.Index, 10_000)).ToList();
        foreach (var (file, content) in files)
        {
            await small.SaveAsync(file, content, Never);
            _time.Advance(TimeSpan.FromMinutes(1));
            await small.LoadAsync(files[0].File, Never); // In use all the time.
        }

        Assert.InRange(Entries().Sum(entry => new FileInfo(entry).Length), 50_000, 100_000);
        var kept = Entries().Select(Path.GetFileName).ToHashSet();
        Assert.Contains(files[0].File.Name, kept);
        Assert.Contains(files[^1].File.Name, kept);
        Assert.DoesNotContain(files[1].File.Name, kept);
    }

    [Fact]
    public async Task Two_processes_share_one_cache_of_a_vault_and_no_two_vaults_do()
    {
        var (file, content) = Make(VaultFileKind.Index, 1000);
        await Backend.SaveAsync(file, content, Never);
        await using var gone = Open(new FaultyBackend(_memory, _ => Fault.Gone), 1 << 20);
        Assert.Equal(content, await gone.LoadAsync(file, Never));

        gone.UseVault(Convert.ToHexStringLower(new byte[32]));

        await Assert.ThrowsAsync<HoldfastException>(() => gone.LoadAsync(file, Never));
    }

    [Fact]
    public async Task Readers_and_evictors_at_once_get_what_they_asked_for()
    {
        var files = Enumerable.Range(0, 20).Select(_ => Make(VaultFileKind.Index, 10_000)).ToList();
        foreach (var (file, content) in files) await _memory.SaveAsync(file, content, Never);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(process => Task.Run(async () =>
        {
            await using var other = Open(_memory, 60_000);
            var random = new Random(process);
            for (var i = 0; i < 100; i++)
            {
                var (file, content) = files[random.Next(files.Count)];
                Assert.Equal(content, await other.LoadAsync(file, Never));
                var piece = new byte[100];
                await other.ReadAsync(file, 700, piece, Never);
                Assert.Equal(content[700..800], piece);
            }
        })));
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_harms_nothing()
    {
        var blocked = _scratch["a file"];
        await File.WriteAllTextAsync(blocked, "");
        await using var other = new CachingBackend(_memory, blocked, 1 << 20, _time);
        other.UseVault(Vault);
        var (file, content) = Make(VaultFileKind.Index, 1000);

        await other.SaveAsync(file, content, Never);

        Assert.Equal(content, await other.LoadAsync(file, Never));
        var piece = new byte[10];
        await other.ReadAsync(file, 0, piece, Never);
        Assert.Equal(content[..10], piece);
        await other.RemoveAsync(file, Never);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../etc")]
    public async Task An_id_that_is_none_names_no_folder(string id)
    {
        await using var other = new CachingBackend(_memory, _scratch.Path, 1 << 20, _time);

        Assert.Throws<ArgumentException>(() => other.UseVault(id));
    }

    private CachingBackend Open(IVaultBackend inner, long budget)
    {
        var backend = new CachingBackend(inner, _scratch.Path, budget, _time) { IsTreePack = _ => true };
        backend.UseVault(Vault);
        return backend;
    }

    private List<string> Entries() => [.. Directory.GetFiles(_scratch[Vault], "*", SearchOption.AllDirectories)];
}
