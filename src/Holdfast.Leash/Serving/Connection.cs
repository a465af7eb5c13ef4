using System.Buffers.Binary;
using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Serving;

/// <summary>One accepted connection: frames in, frames out, never blocking the reactor.</summary>
internal sealed unsafe class Connection
{
    private const int MostWaiting = 4 << 20;

    private readonly Reactor _reactor;
    private readonly int _fd;
    private readonly Action<Connection, FrameKind, uint, byte[], int, int> _received;
    private readonly Action<Connection> _closed;
    private byte[] _input = new byte[4096];
    private int _filled;
    private byte[] _output = [];

    public Connection(Reactor reactor, int fd, int processId, Action<Connection, FrameKind, uint, byte[], int, int> received, Action<Connection> closed)
    {
        (_reactor, _fd, ProcessId, _received, _closed) = (reactor, fd, processId, received, closed);
        Listen();
    }

    public bool IsOpen { get; private set; } = true;

    /// <summary>Gets the process that connected.</summary>
    public int ProcessId { get; }

    /// <summary>Gets or sets the request with which it introduced itself.</summary>
    public uint? Hello { get; set; }

    /// <summary>Gets or sets whether its hello was answered; until then it waits.</summary>
    public bool Greeted { get; set; }

    /// <summary>Gets or sets whether it may only look.</summary>
    public bool Observes { get; set; }

    public void Send(ReadOnlyMemory<byte> frame)
    {
        if (!IsOpen) return;
        if (_output.Length > 0)
        {
            Queue(frame.Span);
            return;
        }

        var sent = TrySend(frame.Span);
        if (sent < 0) Close();
        else if (sent < frame.Length) Queue(frame.Span[sent..]);
    }

    public void Close()
    {
        if (!IsOpen) return;
        IsOpen = false;
        _reactor.Forget(_fd);
        Libc.close(_fd);
        _closed(this);
    }

    private void Listen() => _reactor.Watch(_fd, Libc.EPOLLIN | (_output.Length > 0 ? Libc.EPOLLOUT : 0), Ready);

    private void Ready(uint events)
    {
        if ((events & Libc.EPOLLOUT) != 0 && _output.Length > 0)
        {
            var sent = TrySend(_output);
            if (sent < 0)
            {
                Close();
                return;
            }

            _output = _output[sent..];
            if (_output.Length == 0) Listen();
        }

        if ((events & ~Libc.EPOLLOUT) != 0) Receive();
    }

    private void Receive()
    {
        nint count;
        fixed (byte* at = &_input[_filled]) count = Libc.recv(_fd, at, _input.Length - _filled, Libc.MSG_DONTWAIT);
        if (count < 0 && Libc.Errno is Libc.EAGAIN or Libc.EINTR) return;
        if (count <= 0)
        {
            Close();
            return;
        }

        _filled += (int)count;
        var start = 0;
        while (IsOpen && _filled - start >= 4)
        {
            var size = BinaryPrimitives.ReadInt32LittleEndian(_input.AsSpan(start));
            if (size is < Wire.HeaderBytes - 4 or > Wire.MaxFrameBytes)
            {
                Close();
                return;
            }

            if (_filled - start < size + 4)
            {
                if (size + 4 > _input.Length) Array.Resize(ref _input, size + 4);
                break;
            }

            _received(this, (FrameKind)_input[start + 4], BinaryPrimitives.ReadUInt32LittleEndian(_input.AsSpan(start + 5)), _input, start + Wire.HeaderBytes, size + 4 - Wire.HeaderBytes);
            start += size + 4;
        }

        _input.AsSpan(start, _filled - start).CopyTo(_input);
        _filled -= start;
        if (_filled == _input.Length) Array.Resize(ref _input, _input.Length * 2);
    }

    private int TrySend(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* at = bytes)
        {
            var sent = Libc.send(_fd, at, bytes.Length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
            return sent >= 0 ? (int)sent : Libc.Errno is Libc.EAGAIN or Libc.EINTR ? 0 : -1;
        }
    }

    private void Queue(ReadOnlySpan<byte> bytes)
    {
        if (_output.Length + bytes.Length > MostWaiting)
        {
            Close(); // It does not read; it can connect anew.
            return;
        }

        _output = [.. _output, .. bytes];
        Listen();
    }
}
