using Holdfast.Vault.Backends;

namespace Holdfast.Vault.Tests.Backends;

public sealed class LimitedBackendTests
{
    private readonly ManualTime _time = new();

    private static CancellationToken Never => CancellationToken.None;

    [Fact]
    public async Task Uploads_take_the_time_that_the_limit_says()
    {
        await using var backend = new LimitedBackend(new MemoryBackend(), 1000, null, _time);
        var start = _time.GetTimestamp();

        for (var i = 0; i < 20; i++) await SaveAsync(backend, 500 + i);

        Assert.InRange(_time.GetElapsedTime(start), TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(11.5));
    }

    [Fact]
    public async Task Downloads_have_a_limit_of_their_own()
    {
        await using var backend = new LimitedBackend(new MemoryBackend(), null, 1000, _time);
        var file = await SaveAsync(backend, 5000);
        Assert.Empty(_time.Waits);
        var start = _time.GetTimestamp();

        await backend.LoadAsync(file, Never);
        await backend.ReadAsync(file, 100, new byte[2000], Never);

        Assert.InRange(_time.GetElapsedTime(start), TimeSpan.FromSeconds(5.5), TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task A_pause_saves_up_one_second_and_no_more()
    {
        await using var backend = new LimitedBackend(new MemoryBackend(), 1000, null, _time);
        _time.Advance(TimeSpan.FromHours(1));
        await SaveAsync(backend, 1000);
        Assert.Empty(_time.Waits);

        await SaveAsync(backend, 1001);

        Assert.Equal(1.0, _time.Waits.Single().TotalSeconds, 0.01);
    }

    private static async Task<VaultFile> SaveAsync(LimitedBackend backend, int length)
    {
        var (file, content) = BackendContract.Make(VaultFileKind.Pack, length);
        await backend.SaveAsync(file, content, Never);
        return file;
    }
}
