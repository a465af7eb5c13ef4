using System.Net;

namespace Holdfast.Vault.Backends;

/// <summary>A body that is sent piece by piece, so that it can be seen whether the peer takes it.</summary>
internal sealed class ProgressContent(ReadOnlyMemory<byte> content) : HttpContent
{
    private const int PieceBytes = 64 << 10;

    public StallGuard? Guard { get; set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (var rest = content; !rest.IsEmpty; rest = rest[Math.Min(PieceBytes, rest.Length)..])
        {
            await stream.WriteAsync(rest[..Math.Min(PieceBytes, rest.Length)], cancellationToken);
            Guard?.Progress();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = content.Length;
        return true;
    }
}
