using System.Runtime.InteropServices;
using Holdfast.Cluster;

namespace Holdfast.Cli.CommandLine;

/// <summary>Standard output or error, which says when nobody takes what is written. .NET's own goes on in silence: <c>dump … | head</c> would read a whole vault for nobody.</summary>
/// <param name="descriptor">1 or 2.</param>
/// <param name="mustArrive">Whether a write that fails ends the command; what is said beside the result need not.</param>
internal sealed partial class StandardStream(int descriptor, bool mustArrive) : Stream
{
    private const int Interrupted = 4; // EINTR
    private const int InputOutput = 5; // EIO: a terminal that is gone.
    private const int Again = 11; // EAGAIN: whoever we share it with made it non-blocking.
    private const int BrokenPipe = 32; // EPIPE
    private const short Writable = 4; // POLLOUT

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written;
            fixed (byte* at = buffer) written = write(descriptor, at, (nuint)buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted:
                    continue;
                case Again:
                    var waiting = new PollEntry { Descriptor = descriptor, Events = Writable };
                    _ = poll(&waiting, 1, timeout: -1);
                    continue;
                case var _ when !mustArrive:
                    return;
                case BrokenPipe or InputOutput:
                    throw new OutputClosedException();
                case var error:
                    throw new HoldfastException(ErrorKind.Unavailable, "output.not-written", $"What is printed cannot be written: {Marshal.GetPInvokeErrorMessage(error)}.", "What was written until then is incomplete.");
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    // A pipe takes what there is room for, and to wait for more in a thread of the pool would help nobody.
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    [LibraryImport("libc", SetLastError = true)] private static unsafe partial nint write(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)] private static unsafe partial int poll(PollEntry* entries, nuint count, int timeout);

    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
