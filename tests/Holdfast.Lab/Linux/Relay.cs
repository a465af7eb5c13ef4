using System.Net;
using System.Net.Sockets;

namespace Holdfast.Lab.Linux;

/// <summary>A door from this machine's loopback address into a namespace, so that a browser can look in.</summary>
public sealed class Relay : IDisposable
{
    private readonly TcpListener _listener;
    private readonly NetNamespace _network;
    private readonly Func<IEnumerable<IPEndPoint>> _targets;

    private Relay(TcpListener listener, NetNamespace network, Func<IEnumerable<IPEndPoint>> targets) => (_listener, _network, _targets) = (listener, network, targets);

    /// <summary>Gets where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Begins to listen on 127.0.0.1.</summary>
    /// <param name="port">The port; another one when it is taken.</param>
    /// <param name="network">The namespace.</param>
    /// <param name="targets">Whom to try, in order, for each connection.</param>
    public static Relay Start(int port, NetNamespace network, Func<IEnumerable<IPEndPoint>> targets)
    {
        var relay = new Relay(Listen(port), network, targets);
        _ = relay.AcceptAsync();
        return relay;
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static TcpListener Listen(int port)
    {
        try
        {
            var wanted = new TcpListener(IPAddress.Loopback, port);
            wanted.Start();
            return wanted;
        }
        catch (SocketException) when (port != 0)
        {
            return Listen(0);
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = PassAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task PassAsync(Socket client)
    {
        using (client)
        {
            try
            {
                if (await ConnectAsync() is not { } server) return;
                using (server)
                {
                    await using var one = new NetworkStream(client);
                    await using var other = new NetworkStream(server);
                    await Task.WhenAny(one.CopyToAsync(other), other.CopyToAsync(one));
                }
            }
            catch (Exception exception) when (exception is SocketException or IOException)
            {
                // One side went away; so does the other.
            }
        }
    }

    private async Task<Socket?> ConnectAsync()
    {
        foreach (var target in _targets())
        {
            Socket socket = null!;
            _network.Run(() => socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)); // It belongs to the namespace that it was made in.
            try
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
                await socket.ConnectAsync(target, limit.Token);
                return socket;
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                socket.Dispose();
            }
        }

        return null;
    }
}
