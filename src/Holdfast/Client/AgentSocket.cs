using System.Net.Sockets;
using System.Text;
using Holdfast.Cli.CommandLine;
using Holdfast.Cluster;

namespace Holdfast.Cli.Client;

/// <summary>The Unix socket on which the agent of this machine answers.</summary>
/// <param name="RunDirectory">The folder it is in.</param>
internal sealed record AgentSocket(string RunDirectory)
{
    public const string DefaultRunDirectory = "/run/holdfast";

    // sockaddr_un holds 108 bytes with the final zero (unix(7)).
    private const int LongestPathBytes = 107;

    public string Path => System.IO.Path.Combine(RunDirectory, "agent.sock");

    /// <summary>
    /// The socket to use: the option, else <c>HOLDFAST_RUN</c>, else the system's. Where no system agent ever ran,
    /// that of the caller's own <c>holdfast dev</c>, so that trying things out needs no option.
    /// </summary>
    public static AgentSocket Find(string? option, Func<string, string?> environment)
    {
        var chosen = option ?? environment("HOLDFAST_RUN");
        if (!string.IsNullOrEmpty(chosen)) return Checked(new AgentSocket(System.IO.Path.GetFullPath(chosen)));

        var system = new AgentSocket(DefaultRunDirectory);
        return !Directory.Exists(system.RunDirectory) && OfDev(environment) is { } dev && File.Exists(dev.Path) ? dev : system;
    }

    /// <summary>The socket of <c>holdfast dev</c>; null without a home folder.</summary>
    public static AgentSocket? OfDev(Func<string, string?> environment)
    {
        var state = environment("XDG_STATE_HOME") is { Length: > 0 } xdg ? xdg
            : environment("HOME") is { Length: > 0 } home ? System.IO.Path.Combine(home, ".local/state") : null;
        return state is null ? null : new AgentSocket(System.IO.Path.Combine(state, "holdfast-dev"));
    }

    /// <summary>Returns <paramref name="socket"/> unless the system could never open its path.</summary>
    public static AgentSocket Checked(AgentSocket socket) => Encoding.UTF8.GetByteCount(socket.Path) <= LongestPathBytes ? socket
        : throw new UsageException("path-too-long", $"'{socket.Path}' is too long for a Unix socket ({LongestPathBytes} bytes at most).", "Choose a shorter folder.");

    /// <exception cref="HoldfastException">Code <c>agent.not-running</c> or <c>agent.forbidden</c>.</exception>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw failure.SocketErrorCode == SocketError.AccessDenied
                ? new HoldfastException(ErrorKind.Forbidden, "agent.forbidden", $"You may not use {Path}.", "Use sudo, or ask for membership of the group that owns it.", failure)
                : NotRunning(failure);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private HoldfastException NotRunning(Exception inner) => new(ErrorKind.Unavailable, "agent.not-running", $"No Holdfast agent answers on {Path}.",
        "Start it: systemctl start holdfast (or 'holdfast dev' to try it out).", inner);
}
