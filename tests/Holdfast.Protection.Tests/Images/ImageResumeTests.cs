using System.Text.Json;
using Holdfast.Protection.Images;
using Holdfast.Protection.Ranges;

namespace Holdfast.Protection.Tests.Images;

public class ImageResumeTests
{
    private const long Limit = 8 << 20;
    private readonly MemoryBlobs _vault = new();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(23)]
    [InlineData(40)]
    [InlineData(63)]
    public async Task A_backup_that_was_killed_anywhere_goes_on_and_reads_little_again(int killedAfterMiB)
    {
        var content = ImageBackupTests.Content(seed: 8, (64 << 20) + 4321);
        var killed = new Dying(content, (long)killedAfterMiB << 20);
        ImageCheckpoint? last = null;
        await Assert.ThrowsAsync<HoldfastException>(() => Backup(checkpoint => last = checkpoint).RunAsync(new() { Source = killed, SourceState = "s1", Layout = ImageBackupTests.Small(content.Length) }, default));
        _vault.Crash();

        var volume = new MemoryVolume(content);
        var result = await Backup(_ => { }).RunAsync(new() { Source = volume, SourceState = "s1", Layout = ImageBackupTests.Small(content.Length), Resume = Carried(last) }, default);

        Assert.Equal(content, await ReadAsync(result));
        Assert.InRange(volume.ReadBytes + killed.ReadBytes - content.Length, 0, Limit);
    }

    [Fact]
    public async Task An_increment_that_was_killed_goes_on_from_the_parent_and_the_checkpoint()
    {
        var content = ImageBackupTests.Content(seed: 9, 64 << 20);
        var parent = await StoredImage.OpenAsync(_vault, (await Backup(_ => { }).RunAsync(new() { Source = new MemoryVolume(content), SourceState = "s0", Layout = ImageBackupTests.Small(content.Length) }, default)).Tree, default);
        var changed = RangeSet.Of([new(1 << 20, 30 << 20), new(50 << 20, 10 << 20)]);
        var zero = new ByteRange(20 << 20, 8 << 20);
        new Random(10).NextBytes(content.AsSpan(1 << 20, 30 << 20));
        new Random(11).NextBytes(content.AsSpan(50 << 20, 10 << 20));
        content.AsSpan((int)zero.Offset, (int)zero.Length).Clear();
        var data = RangeSet.All(content.Length).Except(RangeSet.Of([zero]));
        ImageCheckpoint? last = null;
        await Assert.ThrowsAsync<HoldfastException>(() => Backup(checkpoint => last = checkpoint)
            .RunAsync(new() { Source = new Dying(content, 27 << 20, data), SourceState = "s1", Layout = ImageBackupTests.Small(content.Length), Parent = parent, Changed = changed }, default));
        _vault.Crash();

        var volume = new MemoryVolume(content, data);
        var result = await Backup(_ => { }).RunAsync(new() { Source = volume, SourceState = "s1", Layout = ImageBackupTests.Small(content.Length), Parent = parent, Changed = changed, Resume = Carried(last!) }, default);

        Assert.Equal(content, await ReadAsync(result));
        Assert.InRange(volume.ReadBytes, 5 << 20, (5 << 20) + Limit);
    }

    [Fact]
    public async Task Another_state_is_not_mixed_in()
    {
        var content = ImageBackupTests.Content(seed: 12, 32 << 20);
        ImageCheckpoint? last = null;
        await Backup(checkpoint => last = checkpoint).RunAsync(new() { Source = new MemoryVolume(content), SourceState = "s1", Layout = ImageBackupTests.Small(content.Length) }, default);

        var error = await Assert.ThrowsAsync<HoldfastException>(() => Backup(_ => { }).RunAsync(new() { Source = new MemoryVolume(content), SourceState = "s2", Resume = last }, default));

        Assert.Equal("image.other-state", error.Code);
    }

    // As a worker hands it to the next: as text.
    private static ImageCheckpoint? Carried(ImageCheckpoint? checkpoint) =>
        checkpoint is null ? null : JsonSerializer.Deserialize(JsonSerializer.Serialize(checkpoint, ImageJson.Default.ImageCheckpoint), ImageJson.Default.ImageCheckpoint);

    private ImageBackup Backup(Action<ImageCheckpoint> keep) => new(_vault, _vault, new()
    {
        Workers = 3,
        CheckpointBytes = Limit,
        OnCheckpoint = (checkpoint, _) =>
        {
            keep(checkpoint);
            return Task.CompletedTask;
        },
    });

    private async Task<byte[]> ReadAsync(ImageBackupResult result)
    {
        var image = await StoredImage.OpenAsync(_vault, result.Tree, default);
        var content = new byte[image.Layout.Length];
        await new ImageReader(image, _vault).ReadAsync(0, content, default);
        return content;
    }

    /// <summary>A volume whose node dies when so much was read.</summary>
    private sealed class Dying(byte[] content, long after, RangeSet? data = null) : IImageSource
    {
        private readonly MemoryVolume _volume = new(content, data);
        private long _begun;

        public long Length => _volume.Length;

        public RangeSet Data => _volume.Data;

        public long ReadBytes => _volume.ReadBytes;

        public void Read(long offset, Span<byte> buffer)
        {
            // Counted before it is read: several read at once, and the last of them must not slip through together.
            if (Interlocked.Add(ref _begun, buffer.Length) > after) throw new HoldfastException(ErrorKind.Unavailable, "test.died", "The node died.");
            _volume.Read(offset, buffer);
        }

        public void Dispose() => _volume.Dispose();
    }
}
