using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Holdfast.Lab.Linux;

namespace Holdfast.Lab.Probing;

/// <summary>
/// Asks a virtual address again and again from a host's network: a new TCP connection every interval, whatever became
/// of the earlier ones (an open loop), so that a slow answer does not hide an outage.
/// </summary>
public sealed class Prober : IDisposable
{
    private const int StreamSocket = 1;
    private const int InternetFamily = 2;
    private const int MaxReplyBytes = 512;

    private readonly EventLoop _loop = new();
    private readonly List<Probe> _probes = [];
    private readonly Dictionary<int, TimeSpan> _open = []; // Socket to when it was sent.
    private readonly Queue<(int Socket, TimeSpan SentAt)> _byAge = [];
    private readonly byte[] _address = new byte[16];
    private readonly TimeSpan _interval;
    private readonly TimeSpan _timeout;
    private readonly Thread _thread;
    private TimeSpan _next = BootClock.Now;

    /// <param name="from">The network it asks from.</param>
    /// <param name="target">The IPv4 address and port that answers each connection with one line.</param>
    /// <param name="interval">How often; the default is 10 ms.</param>
    /// <param name="timeout">How long one may take; the default is 100 ms.</param>
    public Prober(NetNamespace from, IPEndPoint target, TimeSpan? interval = null, TimeSpan? timeout = null)
    {
        _interval = interval ?? TimeSpan.FromMilliseconds(10);
        _timeout = timeout ?? TimeSpan.FromMilliseconds(100);
        BinaryPrimitives.WriteUInt16LittleEndian(_address, InternetFamily);
        BinaryPrimitives.WriteUInt16BigEndian(_address.AsSpan(2), (ushort)target.Port);
        target.Address.TryWriteBytes(_address.AsSpan(4), out _);
        _thread = from.StartThread("lab-prober", () => _loop.Run(DoWhatIsDue));
    }

    /// <summary>Gets everything seen so far, in the order in which it ended.</summary>
    public IReadOnlyList<Probe> Probes
    {
        get
        {
            lock (_probes)
            {
                return [.. _probes];
            }
        }
    }

    /// <summary>Gets the newest probe that has ended.</summary>
    public Probe? Latest
    {
        get
        {
            lock (_probes)
            {
                return _probes.Count > 0 ? _probes[^1] : null;
            }
        }
    }

    /// <summary>Waits until every probe has been good for a while.</summary>
    /// <returns>The newest reply.</returns>
    /// <exception cref="TimeoutException">It did not come to that.</exception>
    public async Task<string> WaitServingAsync(TimeSpan hold, TimeSpan limit, CancellationToken cancellationToken = default)
    {
        var begun = BootClock.Now;
        string? reply = null;
        await Waiting.UntilAsync(
            () =>
            {
                var since = BootClock.Now - hold;
                if (since < begun)
                {
                    return false;
                }

                lock (_probes)
                {
                    var recent = _probes.Count - 1;
                    while (recent >= 0 && _probes[recent].EndedAt >= since)
                    {
                        if (!_probes[recent--].IsGood)
                        {
                            return false;
                        }
                    }

                    reply = recent < _probes.Count - 1 ? _probes[^1].Reply : null;
                    return reply is not null;
                }
            },
            limit,
            "the service does not answer steadily",
            cancellationToken);
        return reply!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _loop.Stop();
        _thread.Join();
        foreach (var socket in _open.Keys)
        {
            Libc.close(socket);
        }

        _loop.Dispose();
    }

    private TimeSpan DoWhatIsDue()
    {
        var now = BootClock.Now;
        while (_byAge.TryPeek(out var oldest) && (oldest.SentAt + _timeout <= now || !IsOpen(oldest)))
        {
            _byAge.Dequeue();
            if (IsOpen(oldest))
            {
                End(oldest.Socket, reply: null, "timeout");
            }
        }

        if (now >= _next)
        {
            Send(now);
            _next = Max(_next + _interval, now - (5 * _interval)); // After a pause of the machine, catch up a little, not all.
        }

        return _byAge.TryPeek(out var next) && next.SentAt + _timeout < _next ? next.SentAt + _timeout : _next;
    }

    private bool IsOpen((int Socket, TimeSpan SentAt) probe) => _open.TryGetValue(probe.Socket, out var sent) && sent == probe.SentAt;

    private unsafe void Send(TimeSpan now)
    {
        var socket = Libc.Check(Libc.socket(InternetFamily, StreamSocket | Libc.NonBlocking | Libc.CloseOnExec, 0), "socket");
        _open[socket] = now;
        fixed (byte* address = _address)
        {
            if (Libc.connect(socket, address, (uint)_address.Length) != 0 && Marshal.GetLastPInvokeError() is var error and not Libc.InProgress)
            {
                End(socket, reply: null, Marshal.GetPInvokeErrorMessage(error));
                return;
            }
        }

        _byAge.Enqueue((socket, now));
        _loop.Add(socket, EventLoop.Readable, () => Receive(socket));
    }

    private unsafe void Receive(int socket)
    {
        if (!_open.ContainsKey(socket))
        {
            return;
        }

        var buffer = stackalloc byte[MaxReplyBytes];
        var count = Libc.recv(socket, buffer, MaxReplyBytes, 0);
        if (count > 0)
        {
            End(socket, Encoding.UTF8.GetString(buffer, (int)count).TrimEnd(), failure: null);
        }
        else if (count == 0)
        {
            End(socket, reply: null, "closed");
        }
        else if (Marshal.GetLastPInvokeError() is var error and not Libc.Again)
        {
            End(socket, reply: null, Marshal.GetPInvokeErrorMessage(error));
        }
    }

    private void End(int socket, string? reply, string? failure)
    {
        _open.Remove(socket, out var sent);
        _loop.Remove(socket);
        Libc.close(socket);
        lock (_probes)
        {
            _probes.Add(new Probe(sent, BootClock.Now, reply, failure));
        }
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
