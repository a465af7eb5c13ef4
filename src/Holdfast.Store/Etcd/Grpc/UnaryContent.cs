using System.Net;
using Google.Protobuf;

namespace Holdfast.Store.Etcd.Grpc;

/// <summary>
/// One message as a request body, which knows whether it may have left this process.
/// </summary>
/// <remarks>
/// The handler asks for the body only once it has a connection. Until then the server cannot have seen the request, and
/// another endpoint may be asked; from then on nobody may send it again, the handler's own retries included (leases rule 1).
/// </remarks>
internal sealed class UnaryContent(IMessage message) : HttpContent
{
    private bool _started;

    /// <summary>Gets whether the message may have been sent.</summary>
    public bool MayHaveBeenSent => Volatile.Read(ref _started);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref _started, true)
            ? throw new HttpRequestException("The connection was lost after the request may have been sent; it is not sent twice.")
            : GrpcFrame.WriteAsync(stream, message, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
