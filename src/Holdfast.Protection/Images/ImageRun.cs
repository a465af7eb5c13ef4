using System.Collections.Concurrent;
using System.Text.Json;
using Holdfast.Protection.Ranges;
using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Images;

/// <summary>One backup while it runs: what its workers share.</summary>
internal sealed class ImageRun
{
    private readonly StoredImage? _parent;
    private readonly RangeSet _claimed;
    private readonly IBlobSource _source;
    private readonly IBlobSink _sink;
    private readonly ImageBackupOptions _options;
    private readonly ConcurrentDictionary<long, BlobId> _zeroSegments = [];
    private readonly ConcurrentDictionary<int, bool> _savedZeroes = [];
    private readonly List<ByteRange> _mismatches = [];
    private long _readBytes;
    private long _newBytes;
    private long _addedBytes;

    public ImageRun(ImagePlan plan, StoredImage? parent, RangeSet claimed, ImageBackupRequest request, IBlobSource source, IBlobSink sink, ImageBackupOptions options)
    {
        Plan = plan;
        _parent = parent;
        _claimed = claimed;
        _source = source;
        _sink = sink;
        _options = options;
        _mismatches.AddRange(request.Resume?.Mismatches ?? []);
        Segments = new BlobId[plan.Layout.Segments];
        Info = new() { Length = Layout.Length, BlobSize = Layout.BlobSize, SegmentSize = Layout.SegmentSize, Identity = request.Identity, State = request.State, MapTrust = request.Parent?.Info.MapTrust ?? new() };
        Checkpoints = new(this, options, request.SourceState);
    }

    public ImagePlan Plan { get; }

    public ImageLayout Layout => Plan.Layout;

    public ImageInfo Info { get; }

    /// <summary>Gets the trees of the segments that are done. Written through <see cref="Checkpoints.Settle"/> only.</summary>
    public BlobId[] Segments { get; }

    public Checkpoints Checkpoints { get; }

    public long ReadBytes => Interlocked.Read(ref _readBytes);

    public long NewBytes => Interlocked.Read(ref _newBytes);

    public long AddedBytes => Interlocked.Read(ref _addedBytes);

    public RangeSet Mismatches
    {
        get
        {
            lock (_mismatches) return RangeSet.Of(_mismatches);
        }
    }

    /// <summary>The parent's tree for a segment of which nothing may have changed.</summary>
    public BlobId? UnchangedSegment(int index)
    {
        var bounds = Layout.RangeOf(index);
        return HasParent(index) && _parent!.Layout.RangeOf(index) == bounds && !Plan.Read.Overlaps(bounds) && !Plan.Zero.Overlaps(bounds) ? _parent.SegmentTree(index) : null;
    }

    /// <summary>Whether a segment is more than zeroes.</summary>
    public bool NeedsContent(ByteRange bounds) => Plan.Read.Overlaps(bounds) || Plan.Kept.Overlaps(bounds) || _claimed.Overlaps(bounds);

    /// <summary>Begins a segment with the blobs of the parent, and zeroes where the plan has them.</summary>
    public async Task<OpenSegment> BeginAsync(int index, CancellationToken cancellationToken)
    {
        var before = new BlobId[Layout.BlobsOf(index)];
        if (HasParent(index))
        {
            var known = await _parent!.LoadSegmentAsync(_source, index, cancellationToken);
            known.AsSpan(0, Math.Min(known.Length, before.Length)).CopyTo(before);
        }

        var segment = new OpenSegment(index, before.AsSpan().ToArray(), before);
        var zero = Plan.Zero.Within(Layout.RangeOf(index));
        foreach (var range in zero.Ranges)
        {
            for (var at = range.Offset; at < range.End; at += Layout.BlobSize) Set(segment, at, default, Math.Min(Layout.BlobSize, range.End - at));
        }

        return segment;
    }

    /// <summary>Stores one blob of a segment.</summary>
    public async ValueTask StoreAsync(OpenSegment segment, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var id = default(BlobId);
        if (!ZeroBlobs.IsZero(content.Span))
        {
            var saved = await _sink.SaveAsync(BlobKind.Data, content, cancellationToken);
            id = saved.Id;
            if (saved.IsNew)
            {
                Interlocked.Add(ref _newBytes, content.Length);
                Interlocked.Add(ref _addedBytes, saved.AddedBytes);
            }
        }

        Set(segment, offset, id, content.Length);
        var done = Interlocked.Add(ref _readBytes, content.Length);
        _options.Progress?.Report(new(done, Plan.Read.TotalBytes));
    }

    /// <summary>Writes the tree of a segment that is complete.</summary>
    public async Task FinishAsync(OpenSegment segment, CancellationToken cancellationToken)
    {
        Checkpoints.Settle(segment.Index, await SaveSegmentAsync(segment.Index, segment.Blobs, cancellationToken));
    }

    /// <summary>Writes the tree of a segment of zeroes, once for each length.</summary>
    public async Task<BlobId> SaveZeroSegmentAsync(int index, CancellationToken cancellationToken)
    {
        var length = Layout.RangeOf(index).Length;
        if (!_zeroSegments.TryGetValue(length, out var tree)) _zeroSegments[length] = tree = await SaveSegmentAsync(index, new BlobId[Layout.BlobsOf(index)], cancellationToken);
        return tree;
    }

    public async Task<BlobId> SaveSegmentAsync(int index, BlobId[] blobs, CancellationToken cancellationToken)
    {
        var content = SegmentContent.Encode(Layout, index, blobs);
        foreach (var length in (int[])[ZeroBlobs.LongRun, Layout.BlobSize, Layout.LengthOf(index, blobs.Length - 1)])
        {
            if (_savedZeroes.ContainsKey(length) || !content.Contains(ZeroBlobs.IdOf(length))) continue;
            Count(await _sink.SaveAsync(BlobKind.Data, ZeroBlobs.Content(length), cancellationToken));
            _savedZeroes[length] = true;
        }

        return Count(await ImageTrees.SaveSegmentAsync(_sink, Layout.RangeOf(index).Length, content, cancellationToken));
    }

    /// <summary>Writes the tree of the image, with what it says of itself.</summary>
    public async Task<BlobId> SaveRootAsync(IReadOnlyList<BlobId> segments, ImageInfo info, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(info, ImageJson.Default.ImageInfo);
        var id = Count(await _sink.SaveAsync(BlobKind.Data, json, cancellationToken));
        return Count(await ImageTrees.SaveImageAsync(_sink, segments, id, json.Length, cancellationToken));
    }

    public Task FlushAsync(CancellationToken cancellationToken) => _sink.FlushAsync(cancellationToken);

    /// <summary>What stands for a segment that the backup has not come to: the parent's, or zeroes.</summary>
    public async Task<BlobId> PlaceholderAsync(int index, CancellationToken cancellationToken) =>
        HasParent(index) && _parent!.Layout.RangeOf(index) == Layout.RangeOf(index) ? _parent.SegmentTree(index)
        : HasParent(index) ? await SaveSegmentAsync(index, (await BeginAsync(index, cancellationToken)).Before, cancellationToken)
        : await SaveZeroSegmentAsync(index, cancellationToken);

    private bool HasParent(int index) => _parent is not null && index < _parent.Layout.Segments;

    private void Set(OpenSegment segment, long offset, BlobId id, long length)
    {
        var at = (int)((offset - Layout.RangeOf(segment.Index).Offset) / Layout.BlobSize);
        segment.Blobs[at] = id;
        if (segment.Before[at] == id || !_claimed.Overlaps(new(offset, length))) return;
        lock (_mismatches) _mismatches.Add(new(offset, length));
    }

    private BlobId Count(SavedBlob saved)
    {
        Interlocked.Add(ref _addedBytes, saved.AddedBytes);
        return saved.Id;
    }
}
