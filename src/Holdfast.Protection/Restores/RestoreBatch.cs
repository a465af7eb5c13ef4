using System.Runtime.InteropServices;
using Holdfast.Protection.Backups;
using Holdfast.Protection.Native;
using Holdfast.Protection.Scanning;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Restores;

/// <summary>Files that are restored together: what they need of one pack is read once and written to all places.</summary>
internal sealed class RestoreBatch(VaultRepository vault, TargetRoot target, RestoreRequest request, RestoreLog log)
{
    /// <summary>So many pieces are planned at once: that bounds the memory.</summary>
    public const int MaxPieces = 400_000;

    private const int HoleBytes = 4096;

    private readonly List<RestoredFile> _files = [];
    private readonly Dictionary<BlobId, PackWork> _packs = [];

    /// <summary>Gets how many pieces the files have.</summary>
    public int Pieces { get; private set; }

    public void Add(RestoredFile file)
    {
        _files.Add(file);
        Pieces += file.Node.Content!.Count + 1;
    }

    /// <summary>Restores the files' contents and metadata.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = request.Workers, CancellationToken = cancellationToken };
        var wanted = new List<Place>?[_files.Count];
        // What is there already is read and compared, which is work for all processors; for new files there is nothing to read.
        await Parallel.ForAsync(0, _files.Count, parallel, (at, token) =>
        {
            wanted[at] = Plan(_files[at], token);
            return ValueTask.CompletedTask;
        });
        if (request.DryRun) return;

        foreach (var places in wanted)
        {
            foreach (var place in places ?? []) AddToPack(place);
        }

        await Parallel.ForEachAsync(_packs, parallel, async (pack, token) => await WriteAsync(pack.Key, pack.Value, token));
    }

    private List<Place>? Plan(RestoredFile file, CancellationToken cancellationToken)
    {
        try
        {
            var places = file.Existed ? Differing(file, cancellationToken) : All(file);
            if (places is null) return null;
            file.Remaining = places.Count;
            foreach (var place in places) file.BytesToWrite += place.Blob.ContentLength;
            var kind = !file.Existed ? RestoreActionKind.Create : places.Count == 0 && file.BytesToWrite == 0 && !WasLonger(file) ? RestoreActionKind.Keep : RestoreActionKind.Update;
            log.Tell(file.SnapshotPath, kind, file.BytesToWrite);
            log.AddFile((long)file.Node.Size);
            if (request.DryRun) return null;
            if (file.Existed || places.Count != 1)
            {
                using var open = target.Open(file.Path, LibC.ReadWrite | LibC.Create | (file.Existed ? 0 : LibC.Exclusive), 0x180);
                if (LibC.ftruncate(open.Number, (long)file.Node.Size) != 0) throw LinuxError.Last("truncate");
                if (places.Count == 0) Finish(file, open);
            }

            return places;
        }
        catch (LinuxError error)
        {
            Fail(file, error.Message);
            return null;
        }
    }

    private bool WasLonger(RestoredFile file) => target.TryStat(file.Path) is { } stat && stat.Size != file.Node.Size;

    private List<Place>? All(RestoredFile file)
    {
        var content = file.Node.Content!;
        List<Place> places = new(content.Count);
        var offset = 0L;
        foreach (var id in content)
        {
            if (!TryFind(file, id, out var blob)) return null;
            places.Add(new(file, offset, blob));
            offset += blob.ContentLength;
        }

        if ((ulong)offset == file.Node.Size) return places;
        Fail(file, $"Its blobs have {offset} bytes, its size is {file.Node.Size}.");
        return null;
    }

    private List<Place>? Differing(RestoredFile file, CancellationToken cancellationToken)
    {
        if (All(file) is not { } places) return null;
        using var open = target.Open(file.Path, LibC.ReadOnly | LibC.NonBlocking);
        var buffer = BlobMemory.Rent(places.Count == 0 ? 1 : places.Max(place => place.Blob.ContentLength));
        try
        {
            places.RemoveAll(place =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return ContentCheck.Has(open, place.Offset, place.Blob, buffer);
            });
            return places;
        }
        finally
        {
            BlobMemory.Return(buffer);
        }
    }

    private bool TryFind(RestoredFile file, BlobId id, out PackedBlob blob)
    {
        if (vault.Index.TryFind(BlobKind.Data, id, out blob)) return true;
        Fail(file, $"The vault does not have its blob {id.ToShortString()}.");
        return false;
    }

    private void AddToPack(Place place)
    {
        ref var work = ref CollectionsMarshal.GetValueRefOrAddDefault(_packs, place.Blob.Pack, out _);
        work ??= new();
        work.Add(place);
    }

    private async ValueTask WriteAsync(BlobId pack, PackWork work, CancellationToken cancellationToken)
    {
        try
        {
            await vault.ReadPackAsync(pack, work.Blobs, (blob, content) =>
            {
                foreach (var place in work.Take(blob)) Write(place, content.Span);
                return ValueTask.CompletedTask;
            }, cancellationToken);
        }
        catch (HoldfastException bad) when (bad.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
        {
            // A damaged blob must not take its neighbours with it: what is left of the pack is tried blob by blob.
            foreach (var (blob, places) in work.Rest()) await WriteAloneAsync(blob, places, cancellationToken);
        }
    }

    private async ValueTask WriteAloneAsync(PackedBlob blob, IReadOnlyList<Place> places, CancellationToken cancellationToken)
    {
        try
        {
            var content = await vault.LoadAsync(BlobKind.Data, blob.Id, cancellationToken);
            foreach (var place in places) Write(place, content);
        }
        catch (HoldfastException bad) when (bad.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
        {
            foreach (var place in places) Fail(place.File, bad.Message);
        }
    }

    private void Write(Place place, ReadOnlySpan<byte> content)
    {
        var file = place.File;
        if (file.HasFailed) return;
        try
        {
            var isFirst = !file.Existed && file.Node.Content!.Count == 1;
            using var open = target.Open(file.Path, isFirst ? LibC.WriteOnly | LibC.Create | LibC.Exclusive : LibC.ReadWrite, isFirst ? 0x180u : 0);
            log.AddWritten(!request.Sparse ? WriteAll(open, content, place.Offset) : file.Existed ? Overwrite(open, content, place.Offset) : WriteData(open, content, place.Offset));
            if (isFirst && request.Sparse && content[^1] == 0 && LibC.ftruncate(open.Number, content.Length) != 0) throw LinuxError.Last("truncate");
            if (file.Written()) Finish(file, open);
        }
        catch (LinuxError error)
        {
            Fail(file, error.Message);
        }
    }

    private static long WriteAll(Descriptor file, ReadOnlySpan<byte> content, long offset)
    {
        file.Write(content, offset);
        return content.Length;
    }

    // Where something was, zeros must be made: a hole where that can be, else written.
    private static long Overwrite(Descriptor file, ReadOnlySpan<byte> content, long offset) =>
        !content.ContainsAnyExcept((byte)0) && LibC.fallocate(file.Number, LibC.PunchHole | LibC.KeepSize, offset, content.Length) == 0 ? 0 : WriteAll(file, content, offset);

    // A new file is all hole: blocks of zeros stay so.
    private static long WriteData(Descriptor file, ReadOnlySpan<byte> content, long offset)
    {
        var written = 0L;
        var begin = 0; // Of data not written yet.
        var at = 0;
        while (at < content.Length)
        {
            // Blocks are the file's, not the chunk's.
            var end = (int)Math.Min(content.Length, ((offset + at + HoleBytes) / HoleBytes * HoleBytes) - offset);
            if (content[at] == 0 && !content[at..end].ContainsAnyExcept((byte)0))
            {
                if (at > begin) written += WriteAll(file, content[begin..at], offset + begin);
                begin = end;
            }

            at = end;
        }

        return at > begin ? written + WriteAll(file, content[begin..], offset + begin) : written;
    }

    private void Finish(RestoredFile file, Descriptor open)
    {
        if (MetadataWriter.Apply(open, isPathOnly: false, file.Node, file.Existed) is { } wrong) log.Report(file.SnapshotPath, FileIssueKind.Metadata, wrong);
    }

    private void Fail(RestoredFile file, string message)
    {
        lock (file)
        {
            if (file.HasFailed) return;
            file.HasFailed = true;
        }

        log.Report(file.SnapshotPath, FileIssueKind.Unreadable, message);
    }
}
