using Holdfast.Protection.Backups;
using Holdfast.Protection.Scanning;
using Holdfast.Vault.Chunking;
using Holdfast.Vault.Repository;

namespace Holdfast.Protection.Databases.MariaDb;

/// <summary>A backup that the server's own tool makes: it begins and ends within one run of the tool, and ends with our end of its pipe.</summary>
internal sealed class MariaDbOnlineBackup(MariaDbOptions options) : IOnlineBackup
{
    private TreeBackup? _backup;

    public BackupProgress Progress => _backup?.Meter.Read() ?? new();

    public async Task<SavedDatabase> SaveAsync(VaultRepository vault, DatabaseSnapshot? parent, Action<FileIssue>? onIssue, CancellationToken cancellationToken)
    {
        var folder = options.DataFolder ?? throw new HoldfastException(ErrorKind.Invalid, "database.folder-missing", $"The data folder of '{options.Name}' is not named.", "Name it with --data.");
        var owner = FileOwner.Of(folder);
        // As this process: it reads the files itself, and the socket knows root.
        using var process = DatabaseProgram.Launch(DatabaseProgram.Start(FileOwner.Self, "mariadb-backup",
            ["--no-defaults", "--backup", "--stream=mbstream", "--datadir=" + folder, "--socket=" + options.Socket, "--user=" + options.User]));
        try
        {
            process.StandardInput.Close();
            var said = process.StandardError.ReadToEndAsync(cancellationToken);
            _backup = new TreeBackup(vault, vault, new Chunker(vault.Config.ChunkerPolynomial), options.Time);
            var result = await _backup.RunAsync(process.StandardOutput.BaseStream, MariaDbEngine.StreamName, new BackupRequest { Sources = [], Zone = TimeZoneInfo.Utc }, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            // A stream that was cut off looks like one that has ended.
            if (process.ExitCode != 0) throw new HoldfastException(ErrorKind.Unavailable, "database.incomplete", $"'mariadb-backup' ended with {process.ExitCode}: {DatabaseProgram.LastLines(await said)}", "Nothing is recorded. Set it right, and start again.");
            return new(result, ["/" + MariaDbEngine.StreamName], [new("owner", new AccountNames().User(owner.User))]);
        }
        catch
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            throw;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
