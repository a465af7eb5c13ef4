using Holdfast.Protection.Native;
using Holdfast.Protection.Scanning;

namespace Holdfast.Protection.Backups;

/// <summary>A file's content; its holes are not read.</summary>
internal sealed class FileContent(Descriptor file, in FileStat stat) : IContent
{
    private readonly bool _isSparse = stat.IsSparse;
    private readonly long _size = (long)stat.Size;
    private long _dataBegin; // What was asked last: data from here are no hole …
    private long _nextHole = -1; // … up to here.

    public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

    public long ZerosAt(long offset)
    {
        if (!_isSparse || (offset >= _dataBegin && offset < _nextHole)) return 0;
        var data = Math.Min(file.NextData(offset) ?? _size, _size);
        if (data > offset) return data - offset;
        _dataBegin = offset;
        var hole = LibC.lseek(file.Number, offset, LibC.SeekHole);
        _nextHole = hole < 0 ? _size : hole;
        return 0;
    }
}
