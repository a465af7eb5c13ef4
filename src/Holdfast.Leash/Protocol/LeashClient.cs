using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Holdfast.Leash.Protocol;

/// <summary>
/// The agent's connection to the leash. When it is lost every request under way fails with <see cref="IOException"/>, its outcome
/// unknown, and <see cref="LeashEvent.Disconnected"/> ends <see cref="Events"/>; connect anew and adopt from the state.
/// </summary>
public sealed class LeashClient : ILeash
{
    // Hundreds of programs that begin at once leave no time for the node to say that it lives.
    private const int MostStarting = 8;

    private readonly Socket _socket;
    private readonly WireWriter _writer = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly SemaphoreSlim _starting = new(Math.Max(MostStarting, 2 * Environment.ProcessorCount));
    private readonly ConcurrentDictionary<uint, Pending> _pending = new();
    private readonly Channel<LeashEvent> _events = Channel.CreateUnbounded<LeashEvent>(new() { SingleReader = true });
    private uint _lastId;
    private volatile bool _lost;

    private LeashClient(Socket socket) => _socket = socket;

    /// <inheritdoc/>
    public ChannelReader<LeashEvent> Events => _events.Reader;

    /// <summary>Connects to the leash of a run folder.</summary>
    /// <param name="runDirectory">The run folder; the socket is <c>leash.sock</c> in it.</param>
    /// <param name="observe">Only looks: may ask for the state and nothing else, and hears no events. Otherwise this becomes the one controlling connection; while there is another, it waits for the end of that.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SocketException">There is no leash.</exception>
    /// <exception cref="IOException">It is of another version.</exception>
    public static async Task<LeashClient> ConnectAsync(string runDirectory, bool observe = false, CancellationToken cancellationToken = default)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(runDirectory, "leash.sock")), cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var client = new LeashClient(socket);
        _ = client.ReceiveAsync();
        try
        {
            await client.AskAsync(FrameKind.Hello, writer => writer.Int(Wire.Version).Flag(observe), cancellationToken);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<LeashState> GetStateAsync(CancellationToken cancellationToken) =>
        AskAsync(FrameKind.GetState, null, (ref WireReader reader) => WireMessages.ReadState(ref reader), cancellationToken);

    /// <inheritdoc/>
    public Task<long> MintAsync(long floor, CancellationToken cancellationToken) =>
        AskAsync(FrameKind.Mint, writer => writer.Long(floor), (ref WireReader reader) => reader.Long(), cancellationToken);

    /// <inheritdoc/>
    public Task<LeashInstant> ArmAsync(long incarnation, LeashInstant deadline, CancellationToken cancellationToken) =>
        AskAsync(FrameKind.Arm, writer => writer.Long(incarnation).Instant(deadline), (ref WireReader reader) => reader.Instant(), cancellationToken);

    /// <inheritdoc/>
    public Task CapAsync(long incarnation, LeashInstant deadline, CancellationToken cancellationToken) =>
        AskAsync(FrameKind.Cap, writer => writer.Long(incarnation).Instant(deadline), cancellationToken);

    /// <inheritdoc/>
    public Task ExpireAsync(long incarnation, string reason, CancellationToken cancellationToken) =>
        AskAsync(FrameKind.Expire, writer => writer.Long(incarnation).Text(reason), cancellationToken);

    /// <inheritdoc/>
    public async Task<int> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            return await AskAsync(FrameKind.Start, writer => writer.Write(request), (ref WireReader reader) => reader.Int(), cancellationToken);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <inheritdoc/>
    public Task<RunResult> RunAsync(RunRequest request, CancellationToken cancellationToken) =>
        AskAsync(FrameKind.Run, writer => writer.Write(request), (ref WireReader reader) => new RunResult(reader.Int(), reader.Flag(), reader.Text()), cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(string unit, int signal, TimeSpan grace, CancellationToken cancellationToken) =>
        AskAsync(FrameKind.Stop, writer => writer.Text(unit).Int(signal).Long(grace.Ticks), cancellationToken);

    /// <inheritdoc/>
    public Task AddAddressAsync(AddressRequest request, CancellationToken cancellationToken) => AskAsync(FrameKind.AddAddress, writer => writer.Write(request), cancellationToken);

    /// <inheritdoc/>
    public Task RemoveAddressAsync(string unit, CancellationToken cancellationToken) => AskAsync(FrameKind.RemoveAddress, writer => writer.Text(unit), cancellationToken);

    /// <inheritdoc/>
    public Task AnnounceAsync(CancellationToken cancellationToken) => AskAsync(FrameKind.Announce, null, cancellationToken);

    /// <inheritdoc/>
    public Task MountAsync(MountRequest request, CancellationToken cancellationToken) => AskAsync(FrameKind.Mount, writer => writer.Write(request), cancellationToken);

    /// <inheritdoc/>
    public Task UnmountAsync(string unit, CancellationToken cancellationToken) => AskAsync(FrameKind.Unmount, writer => writer.Text(unit), cancellationToken);

    /// <inheritdoc/>
    public Task CloseEpochAsync(string role, RoleEpoch epoch, CancellationToken cancellationToken) =>
        AskAsync(FrameKind.CloseEpoch, writer => writer.Text(role).Epoch(epoch), cancellationToken);

    /// <inheritdoc/>
    public Task EndAsync(CancellationToken cancellationToken) => AskAsync(FrameKind.End, null, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _socket.Dispose(); // The receiving loop then ends, and fails what is under way.
        return ValueTask.CompletedTask;
    }

    private Task AskAsync(FrameKind kind, Action<WireWriter>? write, CancellationToken cancellationToken) =>
        AskAsync(kind, write, (ref WireReader _) => true, cancellationToken);

    private async Task<T> AskAsync<T>(FrameKind kind, Action<WireWriter>? write, Pending<T>.Read read, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _lastId);
        var pending = new Pending<T>(read);
        _pending[id] = pending;
        try
        {
            await _sending.WaitAsync(cancellationToken);
            try
            {
                _writer.Begin(kind, id);
                write?.Invoke(_writer);
                // Not cancelled half-way: a frame cut short would make the rest of the stream unreadable.
                for (var rest = _writer.End().Frame; rest.Length > 0;) rest = rest[await _socket.SendAsync(rest, SocketFlags.None, CancellationToken.None)..];
            }
            finally
            {
                _sending.Release();
            }

            if (_lost) pending.Fail(Lost());
            return await pending.Task.WaitAsync(cancellationToken);
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            throw Lost(broken);
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    private static IOException Lost(Exception? cause = null) => new("The connection to the leash is lost; whether the request was carried out is unknown.", cause);

    private async Task ReceiveAsync()
    {
        var buffer = new byte[16384];
        var filled = 0;
        try
        {
            while (true)
            {
                var count = await _socket.ReceiveAsync(buffer.AsMemory(filled), SocketFlags.None);
                if (count == 0) break;
                filled += count;
                var start = 0;
                var needed = 0;
                while (filled - start >= 4)
                {
                    var size = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(start));
                    if (size is < Wire.HeaderBytes - 4 or > Wire.MaxFrameBytes) throw new InvalidDataException($"A frame of {size} bytes.");
                    needed = size + 4;
                    if (filled - start < needed) break;
                    Take(buffer.AsSpan(start + 4, size));
                    start += needed;
                }

                buffer.AsSpan(start, filled - start).CopyTo(buffer);
                filled -= start;
                if (needed > buffer.Length) Array.Resize(ref buffer, needed);
            }
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException or InvalidDataException)
        {
            // The same as the other side closing: told below.
        }

        _lost = true;
        _socket.Dispose();
        foreach (var pending in _pending.Values) pending.Fail(Lost());
        _events.Writer.TryWrite(new LeashEvent.Disconnected());
        _events.Writer.TryComplete();
    }

    private void Take(ReadOnlySpan<byte> frame)
    {
        var kind = (FrameKind)frame[0];
        var id = BinaryPrimitives.ReadUInt32LittleEndian(frame[1..]);
        var reader = new WireReader(frame[5..]);
        switch (kind)
        {
            case FrameKind.Done when _pending.TryGetValue(id, out var pending): pending.Succeed(ref reader); break;
            case FrameKind.Refused when _pending.TryGetValue(id, out var pending): pending.Fail(new LeashRefusedException(reader.Text(), reader.Text())); break;
            case FrameKind.UnitExited: _events.Writer.TryWrite(new LeashEvent.UnitExited(reader.Text(), reader.Epoch(), reader.Int(), reader.Int())); break;
            case FrameKind.Expired: _events.Writer.TryWrite(new LeashEvent.Expired(reader.Long(), reader.Text())); break;
            case FrameKind.Clean: _events.Writer.TryWrite(new LeashEvent.Clean(reader.Long(), TimeSpan.FromTicks(reader.Long()))); break;
        }
    }

    private abstract class Pending
    {
        public abstract void Succeed(ref WireReader reader);

        public abstract void Fail(Exception error);
    }

    private sealed class Pending<T>(Pending<T>.Read read) : Pending
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public delegate T Read(ref WireReader reader);

        public Task<T> Task => _done.Task;

        public override void Succeed(ref WireReader reader) => _done.TrySetResult(read(ref reader));

        public override void Fail(Exception error) => _done.TrySetException(error);
    }
}
