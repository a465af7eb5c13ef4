using System.Net;
using System.Net.Sockets;

namespace Holdfast.Reliability.Tests.Programs;

/// <summary>Our vault server over a folder of vaults, as a process that can be killed and started again at the same port.</summary>
internal sealed class ServerProgram(string folder) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly int _port = FreePort();
    private RunningProgram? _program;

    public string Url(string vault) => $"rest:http://127.0.0.1:{_port}/{vault}/";

    public async Task StartAsync()
    {
        _program = Tools.StartHoldfast("vault-server", "--data", folder, "--listen", $"127.0.0.1:{_port}");
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            using var socket = new TcpClient();
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, _port, limit.Token);
                return;
            }
            catch (SocketException) when (!_program.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
            }
        }
    }

    public async Task KillAsync()
    {
        _program!.Kill();
        await _program.EndAsync();
        _program.Dispose();
        _program = null;
    }

    public void Dispose() => _program?.Dispose();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
