using System.Buffers;

namespace Holdfast.Agent.Doors;

/// <summary>Copies a stream that may go on for long: what comes is passed on at once, an event waits for no full buffer.</summary>
public static class Copying
{
    /// <summary>Copies until the end.</summary>
    public static async Task AtOnceAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 << 10);
        try
        {
            while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                await to.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
