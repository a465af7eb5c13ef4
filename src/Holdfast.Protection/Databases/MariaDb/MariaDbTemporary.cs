namespace Holdfast.Protection.Databases.MariaDb;

/// <summary>A MariaDB server on restored files, with a socket in a folder that only its owner enters, and no network.</summary>
internal sealed class MariaDbTemporary : ITemporaryInstance
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(200);

    private readonly MariaDbOptions _options;
    private readonly FileOwner _owner;
    private readonly string _socketFolder;
    private readonly GuardedServer _server;

    private MariaDbTemporary(MariaDbOptions options, FileOwner owner, string socketFolder, GuardedServer server) => (_options, _owner, _socketFolder, _server) = (options, owner, socketFolder, server);

    public string ReachedPoint => "the end of the backup";

    private string Socket => _socketFolder + "/socket";

    // Without grant tables: who can enter the folder is the owner.
    private string[] Login => ["--no-defaults", "--socket=" + Socket, "--user=root"];

    public static async Task<MariaDbTemporary> StartAsync(MariaDbOptions options, RestoredDatabase restored, CancellationToken cancellationToken)
    {
        var owner = FileOwner.Of(restored.Folder);
        var folder = Directory.CreateTempSubdirectory("holdfast-mariadb-").FullName;
        try
        {
            owner.Take(folder);
            var server = GuardedServer.Start(owner, "TERM", "mariadbd", [
                "--no-defaults", "--datadir=" + restored.Folder, $"--socket={folder}/socket", $"--pid-file={folder}/pid", "--skip-networking", "--skip-grant-tables", "--skip-log-bin", "--skip-slave-start"], options.Time);
            var instance = new MariaDbTemporary(options, owner, folder, server);
            try
            {
                await instance.WaitAsync(cancellationToken);
                return instance;
            }
            catch
            {
                await instance.DisposeAsync();
                throw;
            }
        }
        catch
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    public Task DumpAsync(DatabaseDumpRequest request, CancellationToken cancellationToken) =>
        request.AsText
            ? DatabaseProgram.WriteAsync(_owner, "mariadb-dump", [.. Login, "--single-transaction", "--routines", "--", request.Database, .. request.Tables], request.Output, "database.dump-failed", cancellationToken)
            : throw new HoldfastException(ErrorKind.Invalid, "database.format-unsupported", "MariaDB writes databases out as text only.", "Leave out --custom.");

    public async Task<IReadOnlyList<DatabaseCheck>> CheckAsync(CancellationToken cancellationToken)
    {
        var (exit, output, error) = await DatabaseProgram.TryAsync(_owner, "mariadb-check", [.. Login, "--all-databases", "--check", "--extended"], cancellationToken);
        // It ends with 0 though a table is damaged; each table's line says OK, or does not.
        var lines = output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var bad = lines.Where(line => line.StartsWith("error", StringComparison.OrdinalIgnoreCase) || line.EndsWith("Corrupt", StringComparison.Ordinal)).ToList();
        var good = exit == 0 && bad.Count == 0 && lines.Length > 0;
        return [new("mariadb-check: every table and its indexes", good, good ? $"{lines.Count(line => line.EndsWith("OK", StringComparison.Ordinal))} tables" : DatabaseProgram.LastLines(string.Join('\n', bad), error, output))];
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        if (Directory.Exists(_socketFolder)) Directory.Delete(_socketFolder, recursive: true);
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var began = _options.Time.GetTimestamp();
        while (true)
        {
            if (_server.HasEnded) throw Failed((await _server.LastWordsAsync()).LastOrDefault(line => line.Contains("[ERROR]", StringComparison.Ordinal)) ?? "it ended");
            if (File.Exists(Socket) && (await DatabaseProgram.TryAsync(_owner, "mariadb", [.. Login, "--execute", "select 1"], cancellationToken)).Exit == 0) return;
            if (_options.Time.GetElapsedTime(began) > _options.StartLimit) throw Failed($"it did not start in {_options.StartLimit}");
            await Task.Delay(AskEvery, _options.Time, cancellationToken);
        }
    }

    private HoldfastException Failed(string said) => new(ErrorKind.Conflict, "database.recovery-failed", $"A server on the restored files of '{_options.Name}' did not start: {said}", "Choose another base with --base.");
}
