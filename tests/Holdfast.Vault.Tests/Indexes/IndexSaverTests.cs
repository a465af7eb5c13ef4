using Holdfast.Vault.Blobs;
using Holdfast.Vault.Indexes;
using Holdfast.Vault.Tests.Vaults;

namespace Holdfast.Vault.Tests.Indexes;

public sealed class IndexSaverTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private readonly StillClock _time = new(DateTimeOffset.UnixEpoch);
    private readonly List<int> _files = [];

    [Fact]
    public async Task A_file_is_written_when_the_time_has_come()
    {
        using var saver = new IndexSaver(SaveAsync, Interval, _time);
        await saver.AddAsync(Pack(3), default);
        _time.Pass(Interval - TimeSpan.FromSeconds(1));
        await saver.AddAsync(Pack(4), default);
        Assert.Empty(_files);

        _time.Pass(TimeSpan.FromSeconds(1));
        await saver.AddAsync(Pack(5), default);

        Assert.Equal([12], _files);
    }

    [Fact]
    public async Task A_file_is_written_when_enough_has_come_together()
    {
        using var saver = new IndexSaver(SaveAsync, Interval, _time);
        await saver.AddAsync(Pack(IndexSaver.MaxBlobs - 1), default);
        Assert.Empty(_files);

        await saver.AddAsync(Pack(1), default);
        await saver.SaveAsync(default);

        Assert.Equal([IndexSaver.MaxBlobs], _files);
    }

    [Fact]
    public async Task A_second_flush_waits_for_the_file_that_the_first_is_writing()
    {
        var gate = new TaskCompletionSource();
        using var saver = new IndexSaver((_, _) => gate.Task, Interval, _time);
        await saver.AddAsync(Pack(1), default);

        var (first, second) = (saver.SaveAsync(default), saver.SaveAsync(default));

        Assert.False(second.IsCompleted);
        gate.SetResult();
        await Task.WhenAll(first, second);
    }

    private Task SaveAsync(IReadOnlyList<IReadOnlyList<PackedBlob>> packs, CancellationToken cancellationToken)
    {
        _files.Add(packs.Sum(pack => pack.Count));
        return Task.CompletedTask;
    }

    private static PackedBlob[] Pack(int blobs) => new PackedBlob[blobs];
}
