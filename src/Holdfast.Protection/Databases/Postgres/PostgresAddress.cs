using System.Globalization;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>Where a running server listens.</summary>
/// <param name="Host">The folder of its socket, or a host.</param>
/// <param name="Port">Its port; it names the socket, too.</param>
internal sealed record PostgresAddress(string Host, int Port)
{
    private const int PortLine = 3;
    private const int SocketLine = 4;
    private const int HostLine = 5;

    /// <summary>What the server wrote into its data folder when it started (src/include/miscadmin.h).</summary>
    /// <exception cref="HoldfastException"><c>database.unreachable</c>: it is not running.</exception>
    public static PostgresAddress OfRunning(string name, string dataFolder)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(Path.Combine(dataFolder, "postmaster.pid"));
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw DatabaseErrors.Unreachable(name, $"no server runs on '{dataFolder}' ({missing.Message})", missing);
        }

        if (lines.Length <= HostLine || !int.TryParse(lines[PortLine], NumberStyles.None, CultureInfo.InvariantCulture, out var port)) throw DatabaseErrors.Unreachable(name, $"the server on '{dataFolder}' is starting");
        var host = lines[SocketLine].Length > 0 ? lines[SocketLine] : lines[HostLine] is "*" or "" ? "localhost" : lines[HostLine];
        return new(host, port);
    }
}
