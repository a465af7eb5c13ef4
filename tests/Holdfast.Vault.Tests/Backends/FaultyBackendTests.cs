using Holdfast.Vault.Backends;

namespace Holdfast.Vault.Tests.Backends;

/// <summary>A faulty back end without faults is a back end like any other; and each fault is what it says.</summary>
public sealed class FaultyBackendTests : BackendContract
{
    private readonly MemoryBackend _memory = new();

    protected override Task<IVaultBackend> OpenAsync() => Task.FromResult<IVaultBackend>(new FaultyBackend(_memory, _ => Fault.None));

    [Theory]
    [InlineData(Fault.None, null, 1000)]
    [InlineData(Fault.Unreachable, "vault.unreachable", null)]
    [InlineData(Fault.Gone, "vault.unreachable", null)]
    [InlineData(Fault.BrokenOff, "vault.unreachable", null)]
    [InlineData(Fault.LostAnswer, "vault.unreachable", 1000)]
    [InlineData(Fault.Full, "vault.full", null)]
    [InlineData(Fault.Torn, null, 500)]
    [InlineData(Fault.LostRename, null, null)]
    [InlineData(Fault.Slow, null, 1000)]
    public async Task What_a_save_says_and_what_is_there(Fault fault, string? code, int? length)
    {
        await using var backend = new FaultyBackend(_memory, call => call.Operation == BackendOperation.Save ? fault : Fault.None, time: new ManualTime());
        var (file, content) = Make(VaultFileKind.Pack, 1000);

        var error = await Record.ExceptionAsync(() => backend.SaveAsync(file, content, Never));

        Assert.Equal(code, (error as HoldfastException)?.Code);
        Assert.Equal(length, await _memory.LengthAsync(file, Never));
    }

    [Fact]
    public async Task It_is_full_after_so_many_bytes_and_gone_for_good()
    {
        await using var full = new FaultyBackend(_memory, _ => Fault.None, fullAfterBytes: 1500);
        await full.SaveAsync(Make(VaultFileKind.Pack, 1000).File, new byte[1000], Never);
        var error = await Assert.ThrowsAsync<HoldfastException>(() => full.SaveAsync(Make(VaultFileKind.Pack, 1).File, new byte[1000], Never));
        Assert.Equal("vault.full", error.Code);
        await full.SaveAsync(Make(VaultFileKind.Pack, 500).File, new byte[500], Never);

        await using var gone = new FaultyBackend(_memory, call => call.Number == 2 ? Fault.Gone : Fault.None);
        await gone.LengthAsync(VaultFile.Config, Never);
        for (var i = 0; i < 3; i++) await Assert.ThrowsAsync<HoldfastException>(() => gone.LengthAsync(VaultFile.Config, Never));
    }
}
