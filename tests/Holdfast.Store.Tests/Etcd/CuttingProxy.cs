using System.Net;
using System.Net.Sockets;

namespace Holdfast.Store.Tests.Etcd;

/// <summary>A TCP proxy that can be told to swallow what the server answers, and then to cut the connection.</summary>
public sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _target;
    private readonly List<TcpClient> _connections = [];
    private volatile bool _swallows;

    public CuttingProxy(Uri target)
    {
        _target = target;
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Gets how many bytes of answers were swallowed.</summary>
    public long Swallowed { get; private set; }

    /// <summary>From now on no answer comes through.</summary>
    public void SwallowAnswers() => _swallows = true;

    /// <summary>Cuts every connection and lets new ones through untouched.</summary>
    public void Cut()
    {
        lock (_connections)
        {
            foreach (var connection in _connections)
            {
                connection.Dispose();
            }

            _connections.Clear();
            _swallows = false;
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        Cut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                var server = new TcpClient { NoDelay = true };
                client.NoDelay = true;
                await server.ConnectAsync(_target.Host, _target.Port);
                lock (_connections)
                {
                    _connections.AddRange([client, server]);
                }

                _ = CopyAsync(client, server, isAnswer: false);
                _ = CopyAsync(server, client, isAnswer: true);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, bool isAnswer)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer) is var read and > 0)
            {
                if (isAnswer && _swallows)
                {
                    Swallowed += read;
                    continue;
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
        }

        from.Dispose();
        to.Dispose();
    }
}
