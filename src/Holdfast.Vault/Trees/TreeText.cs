using System.Buffers;
using System.Buffers.Text;

namespace Holdfast.Vault.Trees;

/// <summary>JSON bytes that are being written, in a pooled buffer.</summary>
public sealed class TreeText : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
    private int _length;

    /// <summary>Gets what was written.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    internal Span<byte> Space(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + bytes));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsSpan(_length);
    }

    internal void Advance(int bytes) => _length += bytes;

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Space(bytes.Length));
        _length += bytes.Length;
    }

    internal void Append(byte value)
    {
        Space(1)[0] = value;
        _length++;
    }

    internal void AppendNumber(ulong value)
    {
        Utf8Formatter.TryFormat(value, Space(20), out var written);
        _length += written;
    }

    internal void AppendHex(ReadOnlySpan<byte> bytes)
    {
        Convert.TryToHexStringLower(bytes, Space(bytes.Length * 2), out var written);
        _length += written;
    }

    internal void AppendBase64(ReadOnlySpan<byte> bytes)
    {
        Base64.EncodeToUtf8(bytes, Space(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var written);
        _length += written;
    }

    internal void AppendTime(NodeTime time) => _length += time.Format(Space(NodeTime.MaxTextBytes));
}
