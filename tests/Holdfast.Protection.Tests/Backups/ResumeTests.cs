using Holdfast.Protection.Backups;
using Holdfast.Protection.Images;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Chunking;

namespace Holdfast.Protection.Tests.Backups;

public sealed class ResumeTests : IDisposable
{
    private const long Limit = 64L * 1024 * 1024;
    private const ulong Polynomial = 0x3DA3358B4DC173;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("holdfast-resume-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_run_that_was_cut_off_is_resumed_and_reads_little_again(int checkpointsBeforeTheCut)
    {
        MakeTree();
        var whole = new MemoryBlobs();
        var expected = await Backup(whole).RunAsync(Request(), CancellationToken.None);
        var blobs = new MemoryBlobs();
        BackupCheckpoint? last = null;
        var count = 0;
        using var cut = new CancellationTokenSource();
        var first = Backup(blobs);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.RunAsync(
            Request() with
            {
                CheckpointBytes = Limit,
                OnCheckpoint = async (checkpoint, _) =>
                {
                    last = checkpoint;
                    if (++count == checkpointsBeforeTheCut) await cut.CancelAsync();
                },
            }, cut.Token));
        var readBefore = first.Meter.Read().BytesDone;
        blobs.Crash();

        var resumed = await Backup(blobs).RunAsync(Request() with { Resume = last }, CancellationToken.None);

        Assert.Equal(expected.Tree, resumed.Tree);
        Assert.InRange(readBefore - last!.SavedBytes, 0, Limit);
        Assert.InRange(resumed.Counts.ReadBytes, 0, expected.Counts.ReadBytes - last.SavedBytes + (1024 * 1024));
        Assert.True(last.SavedBytes > 0);
    }

    private static TreeBackup Backup(MemoryBlobs blobs) => new(blobs, blobs, new Chunker(Polynomial), TimeProvider.System);

    private BackupRequest Request() => new() { Sources = [new BackupSource("top") { ReadFrom = _folder.FullName }] };

    private void MakeTree()
    {
        var random = new Random(7);
        var content = new byte[1024 * 1024];
        for (var file = 0; file < 40; file++)
        {
            var folder = _folder.CreateSubdirectory($"d{file % 4}/e{file % 8}").FullName;
            using var stream = File.Create(Path.Combine(folder, $"f{file}"));
            for (var piece = 0; piece < (file == 21 ? 120 : file % 3); piece++)
            {
                random.NextBytes(content);
                stream.Write(content);
            }

            stream.WriteByte((byte)file);
        }
    }
}
