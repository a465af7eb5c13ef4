namespace Holdfast.Store.Etcd.Grpc;

/// <summary>A call that ended without an answer, or with a status other than OK.</summary>
internal sealed class GrpcException(GrpcCode code, string message, bool mayHaveBeenSent, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Gets the status; Unavailable when the connection failed.</summary>
    public GrpcCode Code { get; } = code;

    /// <summary>Gets whether the server may have received the request. False proves that it did not.</summary>
    public bool MayHaveBeenSent { get; } = mayHaveBeenSent;
}
