using Holdfast.Protection.ChangedBlocks;
using Holdfast.Protection.Images;
using Holdfast.Protection.Ranges;
using Holdfast.Protection.Tests.Machines;
using Holdfast.Protection.VolumeSnapshots;

namespace Holdfast.Protection.Tests.ChangedBlocks;

/// <summary>On a real XFS with shared blocks.</summary>
public sealed class ChangeMapTests : IDisposable
{
    private const int Length = 40 << 20;
    private readonly LoopVolume _volume = LoopVolume.Xfs();
    private readonly byte[] _content = ImageContent();

    private string Image => Path.Combine(_volume.Mount, "disk.img");

    public ChangeMapTests() => File.WriteAllBytes(Image, _content);

    public void Dispose() => _volume.Dispose();

    [Fact]
    public void What_was_written_is_in_the_map_and_little_else()
    {
        var before = Take("1");
        Write(5 << 20, 4096);
        Write(30 << 20, 100);
        var after = Take("2");

        var map = ChangeMap.Between(_volume.Mount, before, after);

        Assert.Null(map.Reason);
        Assert.Equal(RangeSet.Of([new(5 << 20, 4096), new(30 << 20, 4096)]), map.Changed);
    }

    [Fact]
    public void Holes_that_were_made_and_filled_are_in_the_map()
    {
        var before = Take("1");
        LoopVolume.Run("fallocate", "--punch-hole", "--offset", $"{8 << 20}", "--length", $"{1 << 20}", Image);
        LoopVolume.Run("fallocate", "--offset", $"{Length}", "--length", $"{1 << 20}", Image);
        var after = Take("2");

        var map = ChangeMap.Between(_volume.Mount, before, after);

        Assert.True(map.Changed!.Overlaps(new(8 << 20, 1)));
        Assert.Equal(1 << 20, map.Changed.Within(new(0, Length)).TotalBytes);
    }

    [Fact]
    public async Task Every_backup_after_random_writes_is_the_state_it_was_taken_of()
    {
        var vault = new MemoryBlobs();
        var random = new Random(1);
        StoredImage? parent = null;
        KeptState? kept = null;
        for (var run = 0; run < 6; run++)
        {
            for (var i = 0; i < 20; i++) Write(random.Next(Length - 300_000), random.Next(1, 300_000));
            if (run == 3) LoopVolume.Run("fallocate", "--punch-hole", "--offset", "1000000", "--length", "7000000", Image);
            var state = Take(run.ToString(System.Globalization.CultureInfo.InvariantCulture));
            var expected = File.ReadAllBytes(Image);
            Write(0, 5 << 20); // Life goes on while the backup reads.
            var map = ChangeMap.Between(_volume.Mount, kept, state);

            using var source = VolumeSource.Open(Path.Combine(_volume.Mount, state.Name));
            var result = await new ImageBackup(vault, vault, new()).RunAsync(new() { Source = source, Parent = parent, Changed = map.Changed }, default);

            parent = await StoredImage.OpenAsync(vault, result.Tree, default);
            var stored = new byte[expected.Length];
            await new ImageReader(parent, vault).ReadAsync(0, stored, default);
            Assert.True(expected.AsSpan().SequenceEqual(stored), $"run {run} differs");
            Assert.True(run == 0 || result.ReadBytes < Length, "the map was not used");
            if (kept is not null) File.Delete(Path.Combine(_volume.Mount, kept.Name));
            kept = state;
        }
    }

    [Fact]
    public void A_kept_state_that_was_written_to_is_not_believed()
    {
        var before = Take("1");
        using (var file = new FileStream(Path.Combine(_volume.Mount, before.Name), FileMode.Open, FileAccess.Write)) file.Write("oops"u8);

        var map = ChangeMap.Between(_volume.Mount, before, Take("2"));

        Assert.Null(map.Changed);
        Assert.Contains("written to", map.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kept_state_that_is_gone_is_said_to_be_gone()
    {
        var before = Take("1");
        File.Delete(Path.Combine(_volume.Mount, before.Name));

        var map = ChangeMap.Between(_volume.Mount, before, Take("2"));

        Assert.Null(map.Changed);
        Assert.Contains("gone", map.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_system_without_shared_blocks_says_so()
    {
        using var ext4 = LoopVolume.Ext4();
        var image = Path.Combine(ext4.Mount, "disk.img");
        File.WriteAllText(image, "content");

        var error = Assert.Throws<HoldfastException>(() => ReflinkSnapshots.Take(image, new("job", "1", "disk.img")));

        Assert.Equal("reflink.unavailable", error.Code);
        Assert.Equal(["disk.img"], Directory.EnumerateFiles(ext4.Mount).Select(Path.GetFileName));
    }

    [Fact]
    public void What_a_killed_run_left_is_removed_and_what_the_chain_needs_is_kept()
    {
        var kept = Take("1");
        var leftOver = Take("2");
        var now = Take("3");
        var others = ReflinkSnapshots.Take(Image, new("other", "2", "disk.img"));

        var removed = ReflinkSnapshots.Reap(Image, "job", run: "3", new HashSet<string> { kept.Name });

        Assert.Equal([leftOver.Name], removed);
        Assert.Equal(new[] { kept.Name, now.Name, others.Name, "disk.img" }.Order(StringComparer.Ordinal), Directory.EnumerateFiles(_volume.Mount).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    private static byte[] ImageContent()
    {
        var content = new byte[Length];
        new Random(7).NextBytes(content);
        return content;
    }

    private KeptState Take(string run) => ReflinkSnapshots.Take(Image, new("job", run, "disk.img"));

    private void Write(long offset, int length)
    {
        var content = new byte[length];
        Random.Shared.NextBytes(content);
        using var file = new FileStream(Image, FileMode.Open, FileAccess.Write);
        file.Position = offset;
        file.Write(content);
    }
}
