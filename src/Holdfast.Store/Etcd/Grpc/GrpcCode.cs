namespace Holdfast.Store.Etcd.Grpc;

/// <summary>The gRPC status codes that etcd answers with and that are told apart here.</summary>
internal enum GrpcCode
{
    Ok = 0,
    Unknown = 2,
    InvalidArgument = 3,
    NotFound = 5,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    OutOfRange = 11,
    Unavailable = 14,
    Unauthenticated = 16,
}
