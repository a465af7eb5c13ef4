using System.Net.Sockets;

namespace Holdfast.Agent.Doors;

/// <summary>HTTP over a Unix socket.</summary>
public static class UnixHttp
{
    /// <summary>What a client for one socket is made of: no proxy, no cookies, no redirects, nothing added.</summary>
    public static SocketsHttpHandler HandlerFor(string path) => new()
    {
        UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null, ConnectCallback = (_, stop) => ConnectAsync(path, stop),
    };

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
