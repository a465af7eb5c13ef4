using Holdfast.Protection.Tests.Machines;
using Holdfast.Protection.VolumeSnapshots;

namespace Holdfast.Protection.Tests.VolumeSnapshots;

/// <summary>Trees on a real btrfs.</summary>
public sealed class HeldTreesTests : IDisposable
{
    private readonly LoopVolume _volume = LoopVolume.Btrfs();
    private readonly List<string> _told = [];

    public void Dispose() => _volume.Dispose();

    [Fact]
    public async Task A_tree_is_read_as_it_was_and_is_given_up_at_once_when_its_volume_is_wanted()
    {
        var (one, other) = (Folder("one"), Folder("two/inner"));
        await File.WriteAllTextAsync(Path.Combine(one, "f"), "before");
        await using var held = await TakeAsync(TreeSource.Snapshot, one, other);
        await File.WriteAllTextAsync(Path.Combine(one, "f"), "after");

        Assert.Equal([one, other], held.Sources.Select(source => source.Path));
        Assert.Equal("before", await File.ReadAllTextAsync(Path.Combine(held.Sources[0].ReadFrom, "f")));
        Assert.True(Directory.Exists(held.Sources[1].ReadFrom));
        Assert.Single(Directory.EnumerateDirectories(_volume.Mount, ".holdfast.*"));

        await held.DropAsync();

        Assert.True(held.Lost.IsCancellationRequested);
        Assert.Empty(Directory.EnumerateDirectories(_volume.Mount, ".holdfast.*"));
    }

    [Fact]
    public async Task A_tree_with_another_volume_in_it_is_read_as_it_is_or_not_at_all()
    {
        var data = Folder("data");
        LoopVolume.Run("btrfs", "subvolume", "create", Path.Combine(data, "inner"));

        await using (var held = await TakeAsync(TreeSource.Auto, data)) Assert.Equal((false, data), (held.IsHeld, held.Sources[0].ReadFrom));
        var refused = await Assert.ThrowsAsync<HoldfastException>(() => TakeAsync(TreeSource.Snapshot, data));

        Assert.Equal("snapshot.unavailable", refused.Code);
        Assert.Contains("other subvolumes", Assert.Single(_told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_mounted_in_a_tree_is_in_the_way_unless_it_is_left_out()
    {
        var (data, mounted) = (Folder("data"), Folder("data/mounted"));
        using var inner = LoopVolume.Ext4();
        LoopVolume.Run("mount", "--bind", inner.Mount, mounted);
        try
        {
            await using (var held = await TakeAsync(TreeSource.Auto, data)) Assert.False(held.IsHeld);
            await using (var held = await HeldTrees.TakeAsync([data], [mounted], TreeSource.Auto, "job", "1", _told.Add, TimeProvider.System, default)) Assert.True(held.IsHeld);
            // A tree on what is mounted is on no btrfs, although the folder is.
            await using (var held = await TakeAsync(TreeSource.Auto, mounted)) Assert.False(held.IsHeld);
        }
        finally
        {
            LoopVolume.Run("umount", mounted);
        }
    }

    [Fact]
    public async Task What_a_killed_attempt_left_is_removed_by_the_next()
    {
        var data = Folder("data");
        await TakeAsync(TreeSource.Auto, data); // Not disposed: killed.

        await using var next = await HeldTrees.TakeAsync([data], [], TreeSource.Auto, "job", "2", _told.Add, TimeProvider.System, default);

        Assert.Single(Directory.EnumerateDirectories(_volume.Mount, ".holdfast.*"));
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_volume.Mount, name)).FullName;

    private Task<HeldTrees> TakeAsync(TreeSource source, params string[] paths) => HeldTrees.TakeAsync(paths, [], source, "job", "1", _told.Add, TimeProvider.System, default);
}
