using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;

namespace Holdfast.Store.Etcd.Grpc;

/// <summary>gRPC to one endpoint over one HTTP/2 connection. It never retries.</summary>
internal sealed class GrpcChannel : IDisposable
{
    private readonly HttpMessageInvoker _http;

    public GrpcChannel(Uri address, EtcdOptions options)
    {
        Address = address;
        _http = new HttpMessageInvoker(CreateHandler(options), disposeHandler: true);
    }

    /// <summary>Gets the endpoint.</summary>
    public Uri Address { get; }

    /// <summary>Sends one message and returns the answer.</summary>
    /// <exception cref="GrpcException">The call failed; it tells whether the request may have been sent.</exception>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest message, bool requireLeader, CancellationToken cancellationToken)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var content = new UnaryContent(message);
        try
        {
            using var request = CreateRequest(method.Path, content, requireLeader);
            using var response = await _http.SendAsync(request, cancellationToken);
            ThrowUnlessOk(response, response.Headers, isEnd: false);
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var answer = await GrpcFrame.ReadAsync(stream, method.Parser, cancellationToken);

            // The trailers, and the status in them, are there once the end was read.
            if (answer is not null && await GrpcFrame.ReadAsync(stream, method.Parser, cancellationToken) is not null)
            {
                throw new GrpcException(GrpcCode.Unknown, "More than one answer came to one question.", mayHaveBeenSent: true);
            }

            ThrowUnlessOk(response, response.TrailingHeaders, isEnd: true);
            return answer ?? throw new GrpcException(GrpcCode.Unknown, "The answer is empty.", mayHaveBeenSent: true);
        }
        catch (Exception e) when (IsConnectionFailure(e, cancellationToken))
        {
            throw new GrpcException(GrpcCode.Unavailable, $"{Address.Authority}: {Reason(e, Address)}", content.MayHaveBeenSent, e);
        }
    }

    /// <summary>Opens a stream in both directions. Nothing is awaited before the first message is sent: etcd sends its headers late.</summary>
    public GrpcDuplex<TRequest, TResponse> OpenDuplex<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, bool requireLeader)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var content = new DuplexContent();
        var cancellation = new CancellationTokenSource();
        return new GrpcDuplex<TRequest, TResponse>(Address, method, content, SendAsync(), cancellation);

        // Asynchronous, so that a failure is always the response's.
        async Task<HttpResponseMessage> SendAsync() => await _http.SendAsync(CreateRequest(method.Path, content, requireLeader), cancellation.Token);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Throws when an answer's headers or trailers do not say OK.</summary>
    internal static void ThrowUnlessOk(HttpResponseMessage response, HttpResponseHeaders headers, bool isEnd)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new GrpcException(GrpcCode.Unavailable, $"etcd answered HTTP {(int)response.StatusCode}.", mayHaveBeenSent: true);
        }

        if (!headers.TryGetValues("grpc-status", out var values))
        {
            if (isEnd)
            {
                throw new GrpcException(GrpcCode.Unavailable, "The answer was cut off before its status.", mayHaveBeenSent: true);
            }

            return;
        }

        var code = int.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (GrpcCode)number : GrpcCode.Unknown;
        if (code != GrpcCode.Ok)
        {
            var message = headers.TryGetValues("grpc-message", out var messages) ? Uri.UnescapeDataString(string.Concat(messages)) : $"gRPC status {(int)code}";
            throw new GrpcException(code, message, mayHaveBeenSent: true);
        }
    }

    /// <summary>Whether an exception means that the connection, rather than the caller, ended the call.</summary>
    internal static bool IsConnectionFailure(Exception e, CancellationToken cancellationToken) => e switch
    {
        // The handler reports its own connect time-out as a cancellation.
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => e is HttpRequestException or IOException or ObjectDisposedException or InvalidProtocolBufferException,
    };

    /// <summary>Says what went wrong with the connection.</summary>
    internal static string Reason(Exception e, Uri address) => e switch
    {
        OperationCanceledException => "no connection in time",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } => e.Message,

        // All that .NET reports when etcd wants a client certificate and gets none, or one that it does not accept.
        HttpRequestException { InnerException: IOException inner } when address.Scheme == Uri.UriSchemeHttps =>
            $"{inner.Message} If this goes on, etcd does not accept the client certificate.",
        HttpRequestException { InnerException: { } inner } => $"{e.Message} {inner.Message}",
        _ => e.Message,
    };

    private HttpRequestMessage CreateRequest(string path, HttpContent content, bool requireLeader)
    {
        content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        if (requireLeader)
        {
            // Without it a member that lost its leader keeps silent.
            request.Headers.TryAddWithoutValidation("hasleader", "true");
        }

        return request;
    }

    private static SocketsHttpHandler CreateHandler(EtcdOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            InitialHttp2StreamWindowSize = 1024 * 1024,

            // Pings are sent only after silence, and the heartbeat leaves none on a connection that lives: so they stay within
            // any limit of etcd's (--grpc-keepalive-min-time), and end one that died without a word.
            KeepAlivePingDelay = TimeSpan.FromSeconds(1.5),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(1),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        if (options.CurrentCertificate is { } current)
        {
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => current();
        }
        else if (options.ClientCertificate is { } certificate)
        {
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        }

        if (options.ClusterAuthority is { } authority)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority },
                RevocationMode = X509RevocationMode.NoCheck,
            };
        }

        return handler;
    }
}
