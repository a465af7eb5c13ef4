using Google.Protobuf;

namespace Holdfast.Store.Etcd.Grpc;

/// <summary>One method of a service.</summary>
internal sealed record GrpcMethod<TRequest, TResponse>(string Path, MessageParser<TResponse> Parser)
    where TRequest : IMessage<TRequest>
    where TResponse : IMessage<TResponse>;
