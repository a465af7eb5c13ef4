using System.Net;
using Google.Protobuf;

namespace Holdfast.Store.Etcd.Grpc;

/// <summary>A request body that stays open, so that messages can be sent while answers come in.</summary>
internal sealed class DuplexContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets the task that ends when the connection is there.</summary>
    public Task Opened => _stream.Task;

    /// <summary>Sends one message. One caller at a time.</summary>
    public async Task SendAsync(IMessage message, CancellationToken cancellationToken)
    {
        var stream = await _stream.Task.WaitAsync(cancellationToken);
        await GrpcFrame.WriteAsync(stream, message, cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    /// <summary>Ends the body.</summary>
    public void Complete() => _end.TrySetResult();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.FlushAsync(cancellationToken);
        _stream.TrySetResult(stream);
        await _end.Task.WaitAsync(cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
