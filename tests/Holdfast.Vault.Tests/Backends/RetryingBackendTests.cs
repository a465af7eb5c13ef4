using Holdfast.Vault.Backends;

namespace Holdfast.Vault.Tests.Backends;

public sealed class RetryingBackendTests
{
    private readonly ManualTime _time = new();
    private readonly MemoryBackend _memory = new();

    private static CancellationToken Never => CancellationToken.None;

    [Fact]
    public async Task What_cannot_be_reached_is_asked_again_after_waits_that_double()
    {
        await using var backend = Over(call => call.Number <= 4 ? Fault.Unreachable : Fault.None);

        await backend.SaveAsync(VaultFile.Config, new byte[5], Never);

        Assert.Equal(5, await _memory.LengthAsync(VaultFile.Config, Never));
        Assert.Equal(4, _time.Waits.Count);
        for (var i = 0; i < 4; i++) Assert.InRange(_time.Waits[i], TimeSpan.FromMilliseconds(125 << i), TimeSpan.FromMilliseconds(250 << i));
    }

    [Fact]
    public async Task It_gives_up_in_time_and_says_why()
    {
        await using var backend = Over(_ => Fault.Unreachable);
        var start = _time.GetTimestamp();

        var error = await Assert.ThrowsAsync<HoldfastException>(() => backend.LoadAsync(VaultFile.Config, Never));

        Assert.Equal("vault.unreachable", error.Code);
        Assert.InRange(_time.GetElapsedTime(start), TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));
        Assert.All(_time.Waits, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Any_other_answer_is_final()
    {
        var faulty = new FaultyBackend(_memory, _ => Fault.Full);
        await using var backend = new RetryingBackend(faulty, new(), _time);

        var error = await Assert.ThrowsAsync<HoldfastException>(() => backend.SaveAsync(VaultFile.Config, new byte[5], Never));

        Assert.Equal("vault.full", error.Code);
        Assert.Equal(1, faulty.Calls);
        Assert.Empty(_time.Waits);
    }

    [Fact]
    public async Task A_lost_answer_of_the_own_config_is_no_stranger()
    {
        await using var backend = Over(call => call.Number == 1 ? Fault.LostAnswer : Fault.None);

        await backend.SaveAsync(VaultFile.Config, "mine"u8.ToArray(), Never);

        Assert.Equal("mine"u8.ToArray(), await _memory.LoadAsync(VaultFile.Config, Never));
    }

    [Fact]
    public async Task A_strangers_config_is_not_taken_for_the_own()
    {
        await _memory.SaveAsync(VaultFile.Config, "other"u8.ToArray(), Never);
        await using var backend = Over(call => call.Number == 1 ? Fault.Unreachable : Fault.None);

        var error = await Assert.ThrowsAsync<HoldfastException>(() => backend.SaveAsync(VaultFile.Config, "mine!"u8.ToArray(), Never));

        Assert.Equal("vault.file-exists", error.Code);
    }

    [Fact]
    public async Task A_listing_is_asked_for_again_before_its_first_entry()
    {
        var (file, content) = BackendContract.Make(VaultFileKind.Pack, 5);
        await _memory.SaveAsync(file, content, Never);
        await using var backend = Over(call => call.Number == 1 ? Fault.Unreachable : Fault.None);

        var listed = new List<VaultFileEntry>();
        await foreach (var entry in backend.ListAsync(VaultFileKind.Pack, Never)) listed.Add(entry);

        Assert.Equal([new VaultFileEntry(file, 5)], listed);
    }

    [Fact]
    public async Task Who_is_cancelled_does_not_wait_for_it()
    {
        await using var backend = Over(_ => Fault.Unreachable);
        using var cancelled = new CancellationTokenSource();
        backend.Waiting += (_, _) => cancelled.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => backend.LoadAsync(VaultFile.Config, cancelled.Token));
    }

    private RetryingBackend Over(Func<BackendCall, Fault> plan) => new(new FaultyBackend(_memory, plan), new(), _time);
}
