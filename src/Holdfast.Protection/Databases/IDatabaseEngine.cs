namespace Holdfast.Protection.Databases;

/// <summary>A kind of database server: what is different between them, and no more. Snapshots, chains, parents and locks are the caller's.</summary>
public interface IDatabaseEngine
{
    /// <summary>Gets its name, as snapshots record it.</summary>
    string Name { get; }

    /// <summary>Asks the running server which database it is.</summary>
    /// <exception cref="HoldfastException"><c>database.unreachable</c></exception>
    Task<DatabaseIdentity> IdentifyAsync(CancellationToken cancellationToken);

    /// <summary>Begins an online backup. Disposing it before it is saved ends it, and so does the death of this process: the server goes on as if nothing had been.</summary>
    Task<IOnlineBackup> BeginAsync(CancellationToken cancellationToken);

    /// <summary>Lays down files from which a server starts and comes to the target by itself.</summary>
    /// <returns>What was laid down.</returns>
    /// <exception cref="HoldfastException"><c>database.*</c>: before anything is written, when what is needed is not there.</exception>
    Task<RestoredDatabase> RestoreAsync(DatabaseRestoreRequest request, CancellationToken cancellationToken);

    /// <summary>Starts a server of its own on restored files, reachable by nobody else, and waits until it has come to its target.</summary>
    /// <exception cref="HoldfastException"><c>database.recovery-failed</c> with what the server said.</exception>
    Task<ITemporaryInstance> StartTemporaryAsync(RestoredDatabase restored, CancellationToken cancellationToken);
}
