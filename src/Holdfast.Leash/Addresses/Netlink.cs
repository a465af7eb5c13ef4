using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Holdfast.Leash.Native;

namespace Holdfast.Leash.Addresses;

/// <summary>Adds, refreshes, removes and looks for addresses over rtnetlink (rtnetlink(7)). One thread at a time; allocates nothing after construction.</summary>
internal sealed unsafe class Netlink : IDisposable
{
    /// <summary>How long the kernel keeps an address that nobody refreshes, in whole seconds as the kernel counts.</summary>
    public const uint LifetimeSeconds = 2;

    private const ushort NewAddress = 20, DeleteAddress = 21, GetAddress = 22, ErrorMessage = 2, DoneMessage = 3;
    private const ushort Request = 1, Acknowledge = 4, Replace = 0x100, Exclusive = 0x200, Create = 0x400, Dump = 0x300;
    private const ushort AttributeAddress = 1, AttributeLocal = 2, AttributeCacheInfo = 6, AttributeFlags = 8;
    private const uint NoDuplicateDetection = 2;

    private readonly int _socket = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, 0);
    private readonly byte[] _buffer = GC.AllocateArray<byte>(65536, pinned: true);
    private uint _sequence;

    public Netlink()
    {
        if (_socket < 0) throw new IOException($"Cannot talk to the kernel's network configuration: {Libc.LastError}.");
        var limit = new Libc.TimeSpec { Nanoseconds = 500_000_000 }; // struct timeval has the same shape, in microseconds.
        limit.Nanoseconds /= 1000;
        Libc.setsockopt(_socket, 1, 20 /* SOL_SOCKET, SO_RCVTIMEO */, &limit, sizeof(Libc.TimeSpec));
    }

    /// <summary>Adds the address with its short lifetime. Returns 0 or an error number; EEXIST when it is there already.</summary>
    public int Add(InterfaceAddress address) => Change(NewAddress, Create | Exclusive, address);

    /// <summary>Gives the address its lifetime anew, adding it again should it have lapsed.</summary>
    public int Refresh(InterfaceAddress address) => Change(NewAddress, Create | Replace, address);

    /// <summary>Removes the address; EADDRNOTAVAIL when it is not there.</summary>
    public int Delete(InterfaceAddress address) => Change(DeleteAddress, 0, address);

    /// <summary>Whether the address is on any interface now. A failed look counts as there.</summary>
    public bool IsPresent(InterfaceAddress address, out int onInterface) => IsPresent(address, out onInterface, out _);

    /// <summary>The same, with the length of the prefix that it has there.</summary>
    public bool IsPresent(InterfaceAddress address, out int onInterface, out int prefixLength)
    {
        (onInterface, prefixLength) = (0, 0);
        var message = _buffer.AsSpan();
        Header(message, 24, GetAddress, Request | Dump);
        message.Slice(16, 8).Clear();
        message[16] = Family(address);
        if (!Send(24)) return true;
        var found = false;
        while (true)
        {
            var length = Receive();
            if (length <= 0) return true;
            for (var rest = _buffer.AsSpan(0, length); rest.Length >= 16;)
            {
                var size = (int)U32(rest);
                if (size < 16 || size > rest.Length) break;
                var type = U16(rest[4..]);
                if (U32(rest[8..]) == _sequence)
                {
                    if (type == DoneMessage) return found;
                    if (type == ErrorMessage) return true;
                    if (type == NewAddress && Matches(rest[16..size], address))
                    {
                        found = true;
                        onInterface = (int)U32(rest[20..]);
                        prefixLength = rest[17];
                    }
                }

                rest = rest[Math.Min(Align(size), rest.Length)..];
            }
        }
    }

    public void Dispose() => Libc.close(_socket);

    private static bool Matches(ReadOnlySpan<byte> body, InterfaceAddress address)
    {
        if (body[0] != Family(address)) return false;
        var matches = false;
        for (var rest = body[8..]; rest.Length >= 4;)
        {
            var (size, type) = (U16(rest), U16(rest[2..]));
            if (size < 4 || size > rest.Length) break;
            // On a point-to-point link IFA_ADDRESS is the peer; IFA_LOCAL, which follows it, is ours.
            if (type is AttributeAddress) matches = rest[4..size].SequenceEqual(address.Bytes);
            if (type is AttributeLocal) return rest[4..size].SequenceEqual(address.Bytes);
            rest = rest[Math.Min(Align(size), rest.Length)..];
        }

        return matches;
    }

    private static byte Family(InterfaceAddress address) => (byte)(address.IsIPv6 ? Libc.AF_INET6 : Libc.AF_INET);

    private static int Align(int size) => (size + 3) & ~3;

    private static ushort U16(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<ushort>(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<uint>(bytes);

    private int Change(ushort type, ushort flags, InterfaceAddress address)
    {
        var message = _buffer.AsSpan();
        var length = 24;
        message.Slice(16, 8).Clear();
        message[16] = Family(address);
        message[17] = (byte)address.PrefixLength;
        message[19] = (byte)(System.Net.IPAddress.IsLoopback(address.Ip) ? 254 : 0); // RT_SCOPE_HOST or universe
        BinaryPrimitives.WriteInt32LittleEndian(message[20..], address.Index);
        length += Attribute(message[length..], AttributeLocal, address.Bytes);
        length += Attribute(message[length..], AttributeAddress, address.Bytes);
        if (type == NewAddress)
        {
            Span<byte> lifetimes = stackalloc byte[16];
            lifetimes.Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(lifetimes, LifetimeSeconds);
            BinaryPrimitives.WriteUInt32LittleEndian(lifetimes[4..], LifetimeSeconds);
            length += Attribute(message[length..], AttributeCacheInfo, lifetimes);
            if (address.IsIPv6)
            {
                // The agent has looked for a duplicate; a second's silence on takeover would be ours to answer for.
                Span<byte> bits = stackalloc byte[4];
                BinaryPrimitives.WriteUInt32LittleEndian(bits, NoDuplicateDetection);
                length += Attribute(message[length..], AttributeFlags, bits);
            }
        }

        Header(message, length, type, (ushort)(Request | Acknowledge | flags));
        if (!Send(length)) return Libc.Errno;
        while (true)
        {
            var received = Receive();
            if (received <= 0) return Libc.Errno;
            var answer = _buffer.AsSpan(0, received);
            if (received >= 20 && U16(answer[4..]) == ErrorMessage && U32(answer[8..]) == _sequence) return -MemoryMarshal.Read<int>(answer[16..]);
        }
    }

    private static int Attribute(Span<byte> at, ushort type, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(at[2..], type);
        value.CopyTo(at[4..]);
        return Align(4 + value.Length);
    }

    private void Header(Span<byte> message, int length, ushort type, ushort flags)
    {
        BinaryPrimitives.WriteInt32LittleEndian(message, length);
        BinaryPrimitives.WriteUInt16LittleEndian(message[4..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(message[6..], flags);
        BinaryPrimitives.WriteUInt32LittleEndian(message[8..], ++_sequence);
        message.Slice(12, 4).Clear();
    }

    private bool Send(int length)
    {
        fixed (byte* bytes = _buffer) return Libc.send(_socket, bytes, length, 0) == length;
    }

    private int Receive()
    {
        fixed (byte* bytes = _buffer)
        {
            nint count;
            while ((count = Libc.recv(_socket, bytes, _buffer.Length, 0)) < 0 && Libc.Errno == Libc.EINTR)
            {
            }

            return (int)count;
        }
    }
}
