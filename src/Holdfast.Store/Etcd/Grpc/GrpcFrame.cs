using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace Holdfast.Store.Etcd.Grpc;

/// <summary>The framing of gRPC messages: one byte of flags, four of length, the message.</summary>
internal static class GrpcFrame
{
    private const int HeaderBytes = 5;

    /// <summary>A store is small; a length beyond this is nonsense rather than data.</summary>
    private const int MaxMessageBytes = 256 * 1024 * 1024;

    /// <summary>Writes one message.</summary>
    public static async Task WriteAsync(Stream stream, IMessage message, CancellationToken cancellationToken)
    {
        var size = message.CalculateSize();
        var buffer = ArrayPool<byte>.Shared.Rent(HeaderBytes + size);
        try
        {
            buffer[0] = 0; // Not compressed.
            BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(1), size);
            message.WriteTo(buffer.AsSpan(HeaderBytes, size));
            await stream.WriteAsync(buffer.AsMemory(0, HeaderBytes + size), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads one message; null at the end of the stream.</summary>
    public static async ValueTask<T?> ReadAsync<T>(Stream stream, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            var read = await stream.ReadAtLeastAsync(buffer.AsMemory(0, HeaderBytes), HeaderBytes, throwOnEndOfStream: false, cancellationToken);
            if (read == 0)
            {
                return null;
            }

            var length = read == HeaderBytes ? BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(1)) : -1;
            if (buffer[0] != 0 || length is < 0 or > MaxMessageBytes)
            {
                throw new GrpcException(GrpcCode.Unavailable, "The answer is not a gRPC message.", mayHaveBeenSent: true);
            }

            if (length > buffer.Length)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = ArrayPool<byte>.Shared.Rent(length);
            }

            await stream.ReadExactlyAsync(buffer.AsMemory(0, length), cancellationToken);
            return parser.ParseFrom(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
