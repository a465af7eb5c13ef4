using System.Globalization;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>A server on restored files, with a socket in a folder that only its owner enters, and no network.</summary>
internal sealed class PostgresTemporary : ITemporaryInstance
{
    private const int Port = 5432;

    private readonly PostgresOptions _options;
    private readonly string _programs;
    private readonly string _role;
    private readonly FileOwner _owner;
    private readonly TemporaryServer _server;

    private PostgresTemporary(PostgresOptions options, string programs, string role, FileOwner owner, TemporaryServer server) =>
        (_options, _programs, _role, _owner, _server) = (options, programs, role, owner, server);

    public string ReachedPoint { get; private set; } = "";

    public static async Task<PostgresTemporary> StartAsync(PostgresOptions options, RestoredDatabase restored, CancellationToken cancellationToken)
    {
        var programs = PostgresPrograms.Find(PostgresPrograms.MajorOf(restored.Folder), options.Programs);
        var owner = FileOwner.Of(restored.Folder);
        var settings = await SettingsAsync(programs, owner, restored, cancellationToken);
        var server = TemporaryServer.Start("holdfast-pg-", owner, folder =>
        {
            WriteConfiguration(restored.Folder, folder, settings, owner);
            // SIGINT: without waiting for clients, but cleanly.
            return GuardedServer.Start(owner, "INT", Path.Combine(programs, "postgres"), ["-D", restored.Folder, "-c", $"config_file={folder}/postgresql.conf"], options.Time);
        });
        var instance = new PostgresTemporary(options, programs, PostgresBase.Of(restored.Base).Role, owner, server);
        await server.UntilReadyAsync(() => instance.TryAskAsync(cancellationToken), options.RecoveryLimit, options.Time, instance.Failed, cancellationToken);
        return instance;
    }

    public Task DumpAsync(DatabaseDumpRequest request, CancellationToken cancellationToken) => DatabaseProgram.WriteAsync(_owner, Path.Combine(_programs, "pg_dump"),
        ["-h", _server.Folder, "-U", _role, "-w", "-d", request.Database, request.AsText ? "-Fp" : "-Fc", .. request.Tables.SelectMany(table => (string[])["-t", table])],
        request.Output, "database.dump-failed", cancellationToken);

    public Task<IReadOnlyList<DatabaseCheck>> CheckAsync(CancellationToken cancellationToken) =>
        new PostgresChecks(_options.Name, _programs, _owner, new PostgresAddress(_server.Folder, Port), _role).RunAsync(cancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Recovery wants some settings to be no lower than they were on the server that wrote the log; the control file has them.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> SettingsAsync(string programs, FileOwner owner, RestoredDatabase restored, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>(restored.Settings, StringComparer.Ordinal)
        {
            // The log that it reads is the copy's own; whether it is kept is decided with the folder.
            ["archive_mode"] = "off", ["fsync"] = "off", ["listen_addresses"] = "", ["unix_socket_permissions"] = "0700", ["port"] = Port.ToString(CultureInfo.InvariantCulture),
            ["autovacuum"] = "off", ["logging_collector"] = "off", ["hot_standby"] = "off", ["max_wal_size"] = "4GB", ["shared_preload_libraries"] = "", ["lc_messages"] = "C",
        };
        settings.Remove("recovery_end_command");
        var control = await DatabaseProgram.RunAsync(owner, Path.Combine(programs, "pg_controldata"), ["-D", restored.Folder], "database.recovery-failed", cancellationToken);
        foreach (var line in control.Split('\n'))
        {
            if (line.Split(" setting:", 2) is [var name, var value] && name is "max_connections" or "max_worker_processes" or "max_wal_senders" or "max_prepared_xacts" or "max_locks_per_xact") settings[name switch { "max_prepared_xacts" => "max_prepared_transactions", "max_locks_per_xact" => "max_locks_per_transaction", _ => name }] = line.Split(':')[1].Trim();
        }

        return settings;
    }

    private static void WriteConfiguration(string folder, string socket, IReadOnlyDictionary<string, string> settings, FileOwner owner)
    {
        File.WriteAllText(Path.Combine(socket, "pg_hba.conf"), "local all all trust\n"); // Who can enter the folder is the owner.
        File.WriteAllText(Path.Combine(socket, "pg_ident.conf"), "");
        File.WriteAllText(Path.Combine(socket, "postgresql.conf"), RecoverySettings.Format([.. settings,
            new("unix_socket_directories", socket), new("hba_file", socket + "/pg_hba.conf"), new("ident_file", socket + "/pg_ident.conf"), new("external_pid_file", "")]));
        foreach (var name in (string[])["pg_hba.conf", "pg_ident.conf", "postgresql.conf"]) owner.Take(Path.Combine(socket, name));
        // It would win over what is set here: the server's own ports, libraries and folders.
        File.WriteAllText(Path.Combine(folder, "postgresql.auto.conf"), "");
    }

    private async Task<bool> TryAskAsync(CancellationToken cancellationToken)
    {
        // A connection for each question is dear; before the socket is there, there is nobody to ask.
        if (!File.Exists(Path.Combine(_server.Folder, $".s.PGSQL.{Port}"))) return false;
        var (exit, answer, _) = await DatabaseProgram.TryAsync(_owner, Path.Combine(_programs, "psql"),
            ["-X", "-q", "-A", "-t", "-w", "-h", _server.Folder, "-U", _role, "-d", "postgres", "-c", "select not pg_is_in_recovery(), pg_current_wal_insert_lsn(), pg_last_xact_replay_timestamp() at time zone 'UTC'"], cancellationToken);
        if (exit != 0 || answer.Split('|') is not ["t", var place, var time]) return false;
        time = time.Trim();
        ReachedPoint = time.Length == 0 ? place : $"{place}, {time}Z";
        return true;
    }

    private HoldfastException Failed(IReadOnlyList<string>? lastWords)
    {
        var said = lastWords is null ? $"it did not come to its target in {_options.RecoveryLimit}"
            : lastWords.FirstOrDefault(line => line.Contains("FATAL:", StringComparison.Ordinal) || line.Contains("PANIC:", StringComparison.Ordinal)) ?? lastWords.LastOrDefault() ?? "it said nothing";
        return new(ErrorKind.Conflict, "database.recovery-failed", $"A server on the restored files of '{_options.Name}' did not come to its target: {said}", "Choose another target or another base with --base.");
    }
}
