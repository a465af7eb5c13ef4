using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Vault.Browsing;

/// <summary>A file's content from first to last byte, one blob in memory at a time. Its length is the file's, as an archive needs to know beforehand.</summary>
internal sealed class BlobStream : Stream
{
    private readonly IBlobSource _source;
    private readonly IReadOnlyList<BlobId> _blobs;
    private ReadOnlyMemory<byte> _rest;
    private int _next;
    private long _position;

    /// <exception cref="HoldfastException"><c>blob.missing</c>: a blob of it is nowhere.</exception>
    public BlobStream(IBlobSource source, Node file)
    {
        (_source, _blobs) = (source, file.Content ?? []);
        foreach (var blob in _blobs)
        {
            Length += source.TryGetLength(BlobKind.Data, blob, out var length) ? length
                : throw new HoldfastException(ErrorKind.NotFound, "blob.missing", $"The data blob {blob} of '{ByteText.ToPrintable(file.Name)}' is in no index.", "Find out what else is missing: holdfast vault check");
        }
    }

    public override bool CanRead => true;

    // An archive's writer asks a stream that can seek for its length; it does not move in it.
    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position
    {
        get => _position;
        set
        {
            if (value != _position) throw new NotSupportedException();
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty)
        {
            if (_next == _blobs.Count) return 0;
            _rest = await _source.LoadAsync(BlobKind.Data, _blobs[_next++], cancellationToken);
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
