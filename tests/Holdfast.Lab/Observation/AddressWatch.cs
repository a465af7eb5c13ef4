using System.Buffers.Binary;
using System.Net;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;

namespace Holdfast.Lab.Observation;

/// <summary>Sees virtual addresses come and go: a routing netlink socket inside each host's network.</summary>
internal sealed unsafe class AddressWatch(EventLoop loop, OwnershipLog log) : IFactWatch
{
    private const int NetlinkFamily = 16;
    private const int RawSocket = 3;
    private const uint AddressGroups = 0x10 | 0x100; // RTMGRP_IPV4_IFADDR, RTMGRP_IPV6_IFADDR
    private const ushort NewAddress = 20;
    private const ushort DeleteAddress = 21;
    private const ushort GetAddress = 22;
    private const ushort RequestDump = 0x301;
    private const int MessageHeader = 16;
    private const int AddressHeader = 8;
    private const ushort AttributeAddress = 1;
    private const ushort AttributeLocal = 2;

    private readonly Dictionary<LabHost, int> _sockets = [];
    private readonly Dictionary<IPAddress, string> _roleOf = [];
    private readonly byte[] _buffer = new byte[64 << 10];

    internal void Assign(string role, IPAddress address)
    {
        _roleOf[address] = role;
        foreach (var socket in _sockets.Values)
        {
            RequestAll(socket);
        }
    }

    public void Watch(LabHost host)
    {
        var socket = -1;
        host.Network.Run(() => socket = Open());
        _sockets[host] = socket;
        loop.Add(socket, EventLoop.Readable, () => Read(host, socket));
        RequestAll(socket);
    }

    public void Forget(LabHost host, PowerOff off)
    {
        // Behind a dead link an address speaks to nobody.
        log.EndAll(host.Name, OwnershipKind.Address, off.LinkDown);
        if (_sockets.Remove(host, out var socket))
        {
            loop.Remove(socket);
            Libc.close(socket);
        }
    }

    public TimeSpan? Look() => null;

    public void Dispose()
    {
        foreach (var socket in _sockets.Values)
        {
            Libc.close(socket);
        }
    }

    private static int Open()
    {
        var socket = Libc.Check(Libc.socket(NetlinkFamily, RawSocket | Libc.NonBlocking | Libc.CloseOnExec, 0), "netlink socket");
        var address = stackalloc byte[12];
        new Span<byte>(address, 12).Clear();
        *(ushort*)address = NetlinkFamily;
        *(uint*)(address + 8) = AddressGroups;
        Libc.Check(Libc.bind(socket, address, 12), "netlink bind");
        return socket;
    }

    // What is there already is told as if it were new.
    private static void RequestAll(int socket)
    {
        const int Length = MessageHeader + AddressHeader;
        var request = stackalloc byte[Length];
        new Span<byte>(request, Length).Clear();
        *(uint*)request = Length;
        *(ushort*)(request + 4) = GetAddress;
        *(ushort*)(request + 6) = RequestDump;
        Libc.Check((int)Libc.send(socket, request, Length, 0), "netlink request");
    }

    private void Read(LabHost host, int socket)
    {
        if (_sockets.GetValueOrDefault(host, -1) != socket)
        {
            return;
        }

        nint count;
        fixed (byte* buffer = _buffer)
        {
            while ((count = Libc.recv(socket, buffer, (nuint)_buffer.Length, 0)) > 0)
            {
                Parse(host, _buffer.AsSpan(0, (int)count), BootClock.Now);
            }
        }
    }

    private void Parse(LabHost host, ReadOnlySpan<byte> messages, TimeSpan now)
    {
        while (messages.Length >= MessageHeader)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(messages);
            var type = BinaryPrimitives.ReadUInt16LittleEndian(messages[4..]);
            if (type is NewAddress or DeleteAddress && AddressOf(messages[(MessageHeader + AddressHeader)..length]) is { } address && _roleOf.TryGetValue(address, out var role))
            {
                if (type == NewAddress)
                {
                    log.Begin(new OwnershipInterval(role, host.Name, OwnershipKind.Address, address.ToString(), now, To: null));
                }
                else
                {
                    log.End(host.Name, OwnershipKind.Address, address.ToString(), now);
                }
            }

            messages = messages[Math.Min((length + 3) & ~3, messages.Length)..];
        }
    }

    private static IPAddress? AddressOf(ReadOnlySpan<byte> attributes)
    {
        IPAddress? address = null;
        while (attributes.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(attributes);
            var type = BinaryPrimitives.ReadUInt16LittleEndian(attributes[2..]);
            if (type == AttributeLocal || (type == AttributeAddress && address is null))
            {
                address = new IPAddress(attributes[4..length]);
            }

            attributes = attributes[Math.Min((length + 3) & ~3, attributes.Length)..];
        }

        return address;
    }
}
