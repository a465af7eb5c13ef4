using Google.Protobuf;

namespace Holdfast.Store.Etcd.Grpc;

/// <summary>A stream in both directions.</summary>
internal sealed class GrpcDuplex<TRequest, TResponse>(
    Uri address,
    GrpcMethod<TRequest, TResponse> method,
    DuplexContent content,
    Task<HttpResponseMessage> pending,
    CancellationTokenSource cancellation) : IAsyncDisposable
    where TRequest : IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private HttpResponseMessage? _response;
    private Stream? _stream;

    /// <summary>Sends one message. One caller at a time.</summary>
    public async Task SendAsync(TRequest message, CancellationToken cancellationToken)
    {
        try
        {
            // When no connection comes about only the response says so.
            if (await Task.WhenAny(content.Opened, pending).WaitAsync(cancellationToken) == pending)
            {
                await pending;
            }

            await content.SendAsync(message, cancellationToken);
        }
        catch (Exception e) when (GrpcChannel.IsConnectionFailure(e, cancellationToken))
        {
            throw Lost(e, content.Opened.IsCompletedSuccessfully);
        }
    }

    /// <summary>Says that no more messages will be sent.</summary>
    public void EndRequest() => content.Complete();

    /// <summary>Ends the stream; a read that is under way fails.</summary>
    public void Cancel() => cancellation.Cancel();

    /// <summary>Returns the next message of a stream that should not end.</summary>
    /// <exception cref="GrpcException">The stream ended, whatever the reason.</exception>
    public async Task<TResponse> ReadAsync() =>
        await ReadOrEndAsync() ?? throw new GrpcException(GrpcCode.Unavailable, $"{address.Authority} ended the stream.", mayHaveBeenSent: true);

    /// <summary>Returns the next message, null after the last. Not to be called again before it ended.</summary>
    /// <exception cref="GrpcException">The stream failed.</exception>
    public async Task<TResponse?> ReadOrEndAsync()
    {
        try
        {
            if (_stream is null)
            {
                _response = await pending;
                GrpcChannel.ThrowUnlessOk(_response, _response.Headers, isEnd: false);
                _stream = await _response.Content.ReadAsStreamAsync(cancellation.Token);
            }

            if (await GrpcFrame.ReadAsync(_stream, method.Parser, cancellation.Token) is { } message)
            {
                return message;
            }

            GrpcChannel.ThrowUnlessOk(_response!, _response!.TrailingHeaders, isEnd: true);
            return null;
        }
        catch (Exception e) when (GrpcChannel.IsConnectionFailure(e, CancellationToken.None) || e is OperationCanceledException)
        {
            throw Lost(e, content.Opened.IsCompletedSuccessfully);
        }
    }

    public async ValueTask DisposeAsync()
    {
        content.Complete();
        await cancellation.CancelAsync();
        try
        {
            (await pending).Dispose();
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // It never began, or is over already.
        }

        cancellation.Dispose();
    }

    private GrpcException Lost(Exception e, bool sent) => new(GrpcCode.Unavailable, $"{address.Authority}: {GrpcChannel.Reason(e, address)}", sent, e);
}
