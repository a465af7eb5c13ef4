namespace Holdfast.Protection.Databases.MariaDb;

/// <summary>A MariaDB server on restored files, with a socket in a folder that only its owner enters, and no network.</summary>
internal sealed class MariaDbTemporary : ITemporaryInstance
{
    private readonly MariaDbOptions _options;
    private readonly FileOwner _owner;
    private readonly TemporaryServer _server;

    private MariaDbTemporary(MariaDbOptions options, FileOwner owner, TemporaryServer server) => (_options, _owner, _server) = (options, owner, server);

    public string ReachedPoint => "the end of the backup";

    private string Socket => _server.Folder + "/socket";

    // Without grant tables: who can enter the folder is the owner.
    private string[] Login => ["--no-defaults", "--socket=" + Socket, "--user=root"];

    public static async Task<MariaDbTemporary> StartAsync(MariaDbOptions options, RestoredDatabase restored, CancellationToken cancellationToken)
    {
        var owner = FileOwner.Of(restored.Folder);
        var server = TemporaryServer.Start("holdfast-mariadb-", owner, folder => GuardedServer.Start(owner, "TERM", "mariadbd", [
            "--no-defaults", "--datadir=" + restored.Folder, $"--socket={folder}/socket", $"--pid-file={folder}/pid", "--skip-networking", "--skip-grant-tables", "--skip-log-bin", "--skip-slave-start"], options.Time));
        var instance = new MariaDbTemporary(options, owner, server);
        await server.UntilReadyAsync(() => instance.AnswersAsync(cancellationToken), options.StartLimit, options.Time, instance.Failed, cancellationToken);
        return instance;
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

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken) =>
        File.Exists(Socket) && (await DatabaseProgram.TryAsync(_owner, "mariadb", [.. Login, "--execute", "select 1"], cancellationToken)).Exit == 0;

    private HoldfastException Failed(IReadOnlyList<string>? lastWords)
    {
        var said = lastWords is null ? $"it did not start in {_options.StartLimit}" : lastWords.LastOrDefault(line => line.Contains("[ERROR]", StringComparison.Ordinal)) ?? "it ended";
        return new(ErrorKind.Conflict, "database.recovery-failed", $"A server on the restored files of '{_options.Name}' did not start: {said}", "Choose another base with --base.");
    }
}
