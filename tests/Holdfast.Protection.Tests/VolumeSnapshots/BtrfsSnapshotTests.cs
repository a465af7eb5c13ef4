using Holdfast.Protection.Tests.Machines;
using Holdfast.Protection.VolumeSnapshots;

namespace Holdfast.Protection.Tests.VolumeSnapshots;

/// <summary>On a real btrfs.</summary>
public sealed class BtrfsSnapshotTests : IDisposable
{
    private readonly LoopVolume _volume = LoopVolume.Btrfs();

    public void Dispose() => _volume.Dispose();

    [Fact]
    public async Task A_snapshot_stays_as_it_was_and_goes_when_it_is_given_up()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_volume.Mount, "a", "b")).FullName;
        File.WriteAllText(Path.Combine(folder, "f"), "before");

        string path;
        await using (var snapshot = await TakeAsync(folder, "1"))
        {
            path = snapshot.Path;
            File.WriteAllText(Path.Combine(folder, "f"), "after");

            Assert.Equal("before", File.ReadAllText(Path.Combine(path, "f")));
        }

        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public async Task A_snapshot_is_dropped_at_once_when_asked()
    {
        var snapshot = await TakeAsync(_volume.Mount, "1");

        await snapshot.DropAsync();

        Assert.True(snapshot.Lost.IsCancellationRequested);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_volume.Mount));
        await snapshot.DisposeAsync();
    }

    [Fact]
    public async Task What_a_killed_run_left_is_removed()
    {
        var killed = await TakeAsync(_volume.Mount, "1"); // Not disposed: killed.

        var removed = await BtrfsSnapshots.ReapAsync(_volume.Mount, "job", "2", default);

        Assert.Equal([Path.GetFileName(killed.Path)], removed);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_volume.Mount));
    }

    [Fact]
    public void Elsewhere_there_is_no_subvolume() => Assert.Null(BtrfsSnapshots.SubvolumeOf("/proc"));

    private Task<VolumeSnapshot> TakeAsync(string path, string run) =>
        BtrfsSnapshots.TakeAsync(path, new("job", run, "data"), Timeout.InfiniteTimeSpan, TimeProvider.System, default);
}
