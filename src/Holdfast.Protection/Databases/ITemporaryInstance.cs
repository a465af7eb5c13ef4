namespace Holdfast.Protection.Databases;

/// <summary>A server on restored files that nobody else can reach. It ends when disposed, and when this process dies.</summary>
public interface ITemporaryInstance : IAsyncDisposable
{
    /// <summary>Gets how far it came: the place in the log and the time of the last transaction, as the engine writes them.</summary>
    string ReachedPoint { get; }

    /// <summary>Writes one database, or one table of it, as the engine's own dump tool does.</summary>
    /// <exception cref="HoldfastException"><c>database.dump-failed</c> with what the tool said.</exception>
    Task DumpAsync(DatabaseDumpRequest request, CancellationToken cancellationToken);

    /// <summary>Checks everything that the engine can check of itself.</summary>
    Task<IReadOnlyList<DatabaseCheck>> CheckAsync(CancellationToken cancellationToken);
}
