using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Holdfast.Lab.Linux;

namespace Holdfast.Lab.Observation;

/// <summary>The kernel's process events (netlink process connector): exact starts. Only to be had in the machine's own namespaces.</summary>
internal sealed unsafe class ProcessEvents : IDisposable
{
    private const int NetlinkFamily = 16;
    private const int DatagramSocket = 2;
    private const int ConnectorProtocol = 11;
    private const uint ProcessGroup = 1;
    private const string InitialPidNamespace = "pid:[4026531836]";

    // Netlink header 16, connector header 20; then what, cpu, time stamp, and the event's process ids.
    private const int Event = 36;
    private const uint Fork = 1;
    private const uint Execute = 2;

    private readonly EventLoop _loop;
    private readonly Action<int, TimeSpan> _started;
    private readonly Action<int> _executed;
    private readonly int _socket;

    private ProcessEvents(EventLoop loop, int socket, Action<int, TimeSpan> started, Action<int> executed)
    {
        _loop = loop;
        _socket = socket;
        _started = started;
        _executed = executed;
        loop.Add(socket, EventLoop.Readable, Read);
    }

    /// <param name="loop">The loop that reads them.</param>
    /// <param name="started">Called with each new process and the instant of its fork.</param>
    /// <param name="executed">Called when a process has a new program and so a new environment.</param>
    /// <returns>Null where they may not be had.</returns>
    internal static ProcessEvents? TryOpen(EventLoop loop, Action<int, TimeSpan> started, Action<int> executed)
    {
        // In another PID namespace the ids would be of processes that we see by other ids.
        if (new FileInfo("/proc/self/ns/pid").LinkTarget != InitialPidNamespace)
        {
            return null;
        }

        var socket = Libc.socket(NetlinkFamily, DatagramSocket | Libc.NonBlocking | Libc.CloseOnExec, ConnectorProtocol);
        if (socket < 0)
        {
            return null;
        }

        if (!TryListen(socket))
        {
            Libc.close(socket);
            return null;
        }

        return new ProcessEvents(loop, socket, started, executed);
    }

    public void Dispose()
    {
        _loop.Remove(_socket);
        Libc.close(_socket);
    }

    private static bool TryListen(int socket)
    {
        const int ReceiveBytes = 4 << 20;
        const int SocketLevel = 1;
        const int ReceiveBufferForce = 33;
        const int Length = 40;
        var size = ReceiveBytes;
        Libc.setsockopt(socket, SocketLevel, ReceiveBufferForce, &size, sizeof(int));
        var address = stackalloc byte[12];
        new Span<byte>(address, 12).Clear();
        *(ushort*)address = NetlinkFamily;
        *(uint*)(address + 8) = ProcessGroup;
        var request = stackalloc byte[Length];
        new Span<byte>(request, Length).Clear();
        *(uint*)request = Length;
        *(ushort*)(request + 4) = 3; // NLMSG_DONE
        *(uint*)(request + 16) = 1; // CN_IDX_PROC
        *(uint*)(request + 20) = 1; // CN_VAL_PROC
        *(ushort*)(request + 32) = 4; // The length of what follows:
        *(uint*)(request + 36) = 1; // PROC_CN_MCAST_LISTEN
        return Libc.bind(socket, address, 12) == 0 && Libc.send(socket, request, Length, 0) == Length;
    }

    private void Read()
    {
        var message = stackalloc byte[256];
        nint count;

        // ENOBUFS (events were lost) ends the loop too: the scan finds what was missed.
        while ((count = Libc.recv(_socket, message, 256, 0)) > 0)
        {
            if (count < Event + 24)
            {
                continue;
            }

            var what = *(uint*)(message + Event);
            var at = *(long*)(message + Event + 8);
            if (what == Fork && count >= Event + 32)
            {
                var (child, group) = (*(int*)(message + Event + 24), *(int*)(message + Event + 28));
                if (child == group) // Else a thread.
                {
                    _started(child, BootClock.FromMonotonic(at));
                }
            }
            else if (what == Execute)
            {
                _executed(*(int*)(message + Event + 20));
            }
        }
    }
}
