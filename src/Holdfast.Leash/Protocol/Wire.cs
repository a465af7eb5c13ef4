using System.Buffers.Binary;
using System.Text;

namespace Holdfast.Leash.Protocol;

/// <summary>The kinds of frame. Numbers are the protocol; never reuse one.</summary>
internal enum FrameKind : byte
{
    Hello = 1,
    GetState = 2,
    Mint = 3,
    Arm = 4,
    Cap = 5,
    Expire = 6,
    Start = 7,
    Run = 8,
    Stop = 9,
    AddAddress = 10,
    RemoveAddress = 11,
    Announce = 12,
    Mount = 13,
    Unmount = 14,
    CloseEpoch = 15,
    End = 16,

    Done = 64,
    Refused = 65,

    UnitExited = 80,
    Expired = 81,
    Clean = 82,
}

/// <summary>
/// A frame on the leash's socket: length of the rest (u32), kind (u8), request id (u32, 0 for events), fields. Little endian;
/// a text is its length in UTF-8 bytes (i32, -1 for none) and the bytes.
/// </summary>
internal static class Wire
{
    /// <summary>
    /// The version that both sides say in their hello; another one is refused. Between the installation of a build and the node's restart an agent of the new build
    /// may have to follow one that died, under the leash of the old: so what is added to the protocol leaves the version as it is, and only what both cannot do without raises it.
    /// </summary>
    public const int Version = 3;

    public const int HeaderBytes = 9;

    public const int MaxFrameBytes = 1 << 20;
}

/// <summary>Writes frames into one buffer that is used again and again.</summary>
internal sealed class WireWriter
{
    private byte[] _buffer = new byte[1024];
    private int _length;

    public ReadOnlyMemory<byte> Frame => _buffer.AsMemory(0, _length);

    public WireWriter Begin(FrameKind kind, uint id)
    {
        _length = 4;
        return Byte((byte)kind).Long32(id);
    }

    public WireWriter End()
    {
        if (_length > Wire.MaxFrameBytes) throw new InvalidOperationException($"A frame of {_length} bytes is above the limit of {Wire.MaxFrameBytes}.");
        BinaryPrimitives.WriteInt32LittleEndian(_buffer, _length - 4);
        return this;
    }

    public WireWriter Byte(byte value)
    {
        Room(1)[0] = value;
        return this;
    }

    public WireWriter Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public WireWriter Int(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Room(4), value);
        return this;
    }

    public WireWriter Long(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Room(8), value);
        return this;
    }

    public WireWriter Text(string? value)
    {
        if (value is null) return Int(-1);
        var count = Encoding.UTF8.GetByteCount(value);
        Int(count);
        Encoding.UTF8.GetBytes(value, Room(count));
        return this;
    }

    public WireWriter Texts(string[] values)
    {
        Int(values.Length);
        foreach (var value in values) Text(value);
        return this;
    }

    public WireWriter Instant(LeashInstant value) => Long(value.BootNanoseconds).Long(value.RawNanoseconds);

    public WireWriter Epoch(RoleEpoch value) => Int(value.Generation).Long(value.Number);

    public WireWriter Warrant(Warrant value) => Text(value.Role).Long(value.Incarnation).Epoch(value.Epoch);

    private WireWriter Long32(uint value) => Int((int)value);

    private Span<byte> Room(int count)
    {
        if (_length + count > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        _length += count;
        return _buffer.AsSpan(_length - count, count);
    }
}

/// <summary>Reads the fields of one frame; throws <see cref="InvalidDataException"/> when it is cut short.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> fields)
{
    private ReadOnlySpan<byte> _rest = fields;

    public byte Byte() => Take(1)[0];

    public bool Flag() => Byte() != 0;

    public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long Long() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public string? OptionalText()
    {
        var count = Int();
        return count == -1 ? null : Encoding.UTF8.GetString(Take(count));
    }

    public string Text() => OptionalText() ?? throw new InvalidDataException("A text is missing.");

    public string[] Texts()
    {
        var count = Int();
        if (count < 0 || count > _rest.Length / 4) throw new InvalidDataException($"A list of {count} texts does not fit its frame.");
        var values = new string[count];
        for (var i = 0; i < count; i++) values[i] = Text();
        return values;
    }

    public LeashInstant Instant() => new(Long(), Long());

    public RoleEpoch Epoch() => new(Int(), Long());

    public Warrant Warrant() => new(OptionalText(), Long(), Epoch());

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _rest.Length) throw new InvalidDataException("A frame is cut short.");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
