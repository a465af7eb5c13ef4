using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Agent.Resources.Addresses;

/// <summary>A packet socket on one interface: sends and receives frames of one protocol, without their link headers (packet(7)).</summary>
internal sealed unsafe partial class PacketSocket : SafeHandleMinusOneIsInvalid
{
    public const ushort Arp = 0x0806;
    public const ushort Version6 = 0x86dd;

    private const int PacketFamily = 17; // AF_PACKET
    private const int DatagramType = 2 | 0x80000 | 0x800; // SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK
    private const byte Outgoing = 4; // PACKET_OUTGOING: a copy of what this machine sent itself.
    private const short ReadyToRead = 1;

    private readonly ushort _protocol;
    private readonly int _interfaceIndex;

    private PacketSocket(int descriptor, ushort protocol, int interfaceIndex)
        : base(ownsHandle: true)
    {
        SetHandle(descriptor);
        (_protocol, _interfaceIndex) = (protocol, interfaceIndex);
    }

    public static PacketSocket Open(ushort protocol, int interfaceIndex)
    {
        // Protocol 0 first: otherwise frames of every interface would be queued before bind limits it to one.
        var opened = new PacketSocket(socket(PacketFamily, DatagramType, 0), protocol, interfaceIndex);
        if (opened.IsInvalid) throw Failure("Cannot open a packet socket");

        var address = opened.AddressOf([]);
        if (bind((int)opened.handle, &address, sizeof(LinkAddress)) == 0) return opened;

        var failure = Failure($"Cannot bind a packet socket to interface {interfaceIndex}");
        opened.Dispose();
        throw failure;
    }

    public void Send(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> hardwareAddress)
    {
        var address = AddressOf(hardwareAddress);
        fixed (byte* bytes = packet)
        {
            if (sendto((int)handle, bytes, (nuint)packet.Length, 0, &address, sizeof(LinkAddress)) < 0) throw Failure($"Cannot send on interface {_interfaceIndex}");
        }
    }

    /// <summary>Waits for the next frame from somebody else; false when none came in time.</summary>
    public bool TryReceive(Span<byte> packet, TimeSpan limit, out int length, out byte[] sender)
    {
        var deadline = System.Diagnostics.Stopwatch.GetTimestamp() + (long)(limit.TotalSeconds * System.Diagnostics.Stopwatch.Frequency);
        while (true)
        {
            var left = System.Diagnostics.Stopwatch.GetElapsedTime(System.Diagnostics.Stopwatch.GetTimestamp(), deadline);
            var wait = new PollEntry { Descriptor = (int)handle, Events = ReadyToRead };
            if (left <= TimeSpan.Zero || poll(&wait, 1, (int)Math.Ceiling(left.TotalMilliseconds)) == 0)
            {
                (length, sender) = (0, []);
                return false;
            }

            LinkAddress from;
            var size = sizeof(LinkAddress);
            fixed (byte* bytes = packet)
            {
                length = (int)recvfrom((int)handle, bytes, (nuint)packet.Length, 0, &from, &size);
            }

            if (length <= 0 || from.PacketType == Outgoing) continue;

            sender = new ReadOnlySpan<byte>(from.Hardware, Math.Min((int)from.HardwareLength, 8)).ToArray();
            return true;
        }
    }

    protected override bool ReleaseHandle() => close((int)handle) == 0;

    private LinkAddress AddressOf(ReadOnlySpan<byte> hardwareAddress)
    {
        var address = new LinkAddress
        {
            Family = PacketFamily,
            Protocol = BitConverter.IsLittleEndian ? System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(_protocol) : _protocol,
            Index = _interfaceIndex,
            HardwareLength = (byte)hardwareAddress.Length,
        };
        hardwareAddress.CopyTo(new Span<byte>(address.Hardware, 8));
        return address;
    }

    private static Win32Exception Failure(string what) => new(Marshal.GetLastPInvokeError(), $"{what}: {Marshal.GetLastPInvokeErrorMessage()}");

    [StructLayout(LayoutKind.Sequential)]
    private struct LinkAddress // struct sockaddr_ll
    {
        public ushort Family;
        public ushort Protocol;
        public int Index;
        public ushort HardwareType;
        public byte PacketType;
        public byte HardwareLength;
        public fixed byte Hardware[8];
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint if_nametoindex(string name);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int descriptor, LinkAddress* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendto(int descriptor, byte* bytes, nuint length, int flags, LinkAddress* address, int addressLength);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvfrom(int descriptor, byte* bytes, nuint length, int flags, LinkAddress* address, int* addressLength);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
