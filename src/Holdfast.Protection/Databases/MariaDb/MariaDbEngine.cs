using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Databases.MariaDb;

/// <summary>MariaDB by its own tool: what <c>mariadb-backup</c> streams is one file of the vault; a restore unpacks and prepares it.</summary>
/// <remarks>Its binary log is not archived yet, so the end of a backup is the only point there is.</remarks>
/// <param name="options">Which server.</param>
public sealed class MariaDbEngine(MariaDbOptions options) : IDatabaseEngine
{
    /// <summary>The engine's name in snapshots.</summary>
    public const string EngineName = "mariadb";

    internal const string StreamName = "backup.mbstream";

    /// <inheritdoc/>
    public string Name => EngineName;

    /// <inheritdoc/>
    public async Task<DatabaseIdentity> IdentifyAsync(CancellationToken cancellationToken)
    {
        var (exit, output, error) = await DatabaseProgram.TryAsync(FileOwner.Self, "mariadb",
            ["--no-defaults", "--socket", options.Socket, "--user", options.User, "--batch", "--skip-column-names", "--execute", "select version()"], cancellationToken);
        return exit == 0 ? new(EngineName, options.Name, options.Name, output.Trim().Split('-')[0]) : throw DatabaseErrors.Unreachable(options.Name, DatabaseProgram.LastLines(error));
    }

    /// <inheritdoc/>
    public Task<IOnlineBackup> BeginAsync(CancellationToken cancellationToken) => Task.FromResult<IOnlineBackup>(new MariaDbOnlineBackup(options));

    /// <inheritdoc/>
    /// <exception cref="HoldfastException"><c>database.target-unsupported</c>, <c>database.folder-not-empty</c>, <c>database.prepare-failed</c>.</exception>
    public async Task<RestoredDatabase> RestoreAsync(DatabaseRestoreRequest request, CancellationToken cancellationToken)
    {
        if (request.Target is not (RecoveryTarget.End or RecoveryTarget.Consistent)) throw new HoldfastException(ErrorKind.Invalid, "database.target-unsupported", "A MariaDB database can be restored only as it was at the end of a backup.", "Choose the backup with --base.");
        var folder = Path.GetFullPath(request.Folder);
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()) throw DatabaseErrors.FolderNotEmpty(folder);
        var chosen = request.Chain.LastOrDefault(entry => entry.IsBase && (request.Base is null || entry.Snapshot.Id.StartsWith(request.Base, StringComparison.Ordinal)))
            ?? throw new HoldfastException(ErrorKind.NotFound, "database.no-base", "There is no such base backup of this database.", "See what there is: holdfast database list");
        var stream = await new StoredFiles(request.Vault).FindAsync(chosen.Snapshot.Tree, StreamName, cancellationToken) ?? throw DatabaseErrors.Damaged(chosen, "the stream is not in it");
        if (request.DryRun) return new(folder, chosen, request.Target, [], new Dictionary<string, string>(), (long)stream.Size);

        var owner = FileOwner.OfRestored(chosen.Facts.Detail("owner") ?? "mysql", FileOwner.Self);
        StoredFiles.MakeFolder(folder, owner);
        await UnpackAsync(request.Vault, stream, folder, owner, cancellationToken);
        await DatabaseProgram.RunAsync(owner, "mariadb-backup", ["--prepare", "--target-dir=" + folder], "database.prepare-failed", cancellationToken);
        return new(folder, chosen, request.Target, [], new Dictionary<string, string>(), (long)stream.Size);
    }

    /// <inheritdoc/>
    public async Task<ITemporaryInstance> StartTemporaryAsync(RestoredDatabase restored, CancellationToken cancellationToken) => await MariaDbTemporary.StartAsync(options, restored, cancellationToken);

    private static async Task UnpackAsync(IBlobSource source, Node stream, string folder, FileOwner owner, CancellationToken cancellationToken)
    {
        using var process = DatabaseProgram.Launch(DatabaseProgram.Start(owner, "mbstream", ["--extract", "--directory=" + folder]));
        try
        {
            var said = process.StandardError.ReadToEndAsync(cancellationToken);
            try
            {
                foreach (var blob in stream.Content ?? []) await process.StandardInput.BaseStream.WriteAsync(await source.LoadAsync(BlobKind.Data, blob, cancellationToken), cancellationToken);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It has ended; why, it says itself.
            }

            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0) throw new HoldfastException(ErrorKind.Unavailable, "database.unpack-failed", $"'mbstream' ended with {process.ExitCode}: {DatabaseProgram.LastLines(await said)}");
        }
        catch
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
