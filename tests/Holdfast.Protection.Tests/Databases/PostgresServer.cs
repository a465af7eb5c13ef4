using System.Diagnostics;

namespace Holdfast.Protection.Tests.Databases;

/// <summary>A real server on a socket in a folder of its own, as the user postgres. Ended by its process, and gone when disposed.</summary>
internal sealed class PostgresServer : IDisposable
{
    public static readonly string Programs = Directory.EnumerateDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last() + "/bin";

    private readonly string _folder;
    private Process? _server;

    private PostgresServer(string folder, string data) => (_folder, Data) = (folder, data);

    public string Data { get; }

    public string Spool => Path.Combine(_folder, "spool");

    public string Socket => Path.Combine(_folder, "socket");

    /// <summary>A new database that archives into the spool.</summary>
    public static PostgresServer Create()
    {
        var folder = MakeFolder("holdfast-pg-test-");
        var server = new PostgresServer(folder, Path.Combine(folder, "data"));
        Directory.CreateDirectory(server.Data);
        Own(server.Data);
        RunAsOwner($"{Programs}/initdb", "-D", server.Data, "-U", "postgres", "-A", "trust", "-N", "--locale=C", "-E", "UTF8", "--wal-segsize=1");
        server.Start();
        return server;
    }

    /// <summary>A server on restored files, which then are its own.</summary>
    public static PostgresServer On(string data)
    {
        var server = new PostgresServer(MakeFolder("holdfast-pg-test-"), data);
        server.Start();
        return server;
    }

    public void Start()
    {
        foreach (var folder in (string[])[Spool, Socket])
        {
            Directory.CreateDirectory(folder);
            Own(folder);
        }

        var archive = $"test ! -f {Spool}/%f && cp -p %p {Spool}/.%f && mv {Spool}/.%f {Spool}/%f";
        _server = Process.Start(new ProcessStartInfo("setpriv", [
            "--reuid=postgres", "--regid=postgres", "--init-groups", $"{Programs}/postgres", "-D", Data, "-k", Socket, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "archive_mode=on",
            "-c", "archive_command=" + archive, "-c", "wal_level=replica", "-c", "logging_collector=off", "-c", "log_destination=stderr"]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" })!;
        _server.ErrorDataReceived += (_, line) => Said += line.Data + "\n";
        _server.BeginErrorReadLine();
        _server.BeginOutputReadLine();
        for (var began = Stopwatch.StartNew(); began.Elapsed < TimeSpan.FromMinutes(2);)
        {
            if (_server.HasExited) break;
            // pg_isready waits itself; recovery that has not ended counts as not ready for writing.
            if (TryAsk("select pg_is_in_recovery()") == "f") return;
            RunAsOwner("sleep", "0.1");
        }

        throw new InvalidOperationException("The server did not start: " + Said);
    }

    public string Said { get; private set; } = "";

    public void Stop()
    {
        if (_server is not { HasExited: false }) return;
        Run("kill", "-INT", _server.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        _server.WaitForExit();
    }

    public string Ask(string statement, string database = "postgres")
    {
        var (exit, output, error) = Psql(database, statement);
        return exit == 0 ? output.Trim() : throw new InvalidOperationException(error);
    }

    /// <summary>Ends the segment and returns when it is in the spool.</summary>
    public void Archive()
    {
        var name = Ask("select pg_walfile_name(pg_switch_wal())");
        Ask($"do $$ begin while not exists (select from pg_stat_archiver where last_archived_wal >= '{name}') loop perform pg_sleep(0.02); perform pg_stat_clear_snapshot(); end loop; end $$");
    }

    /// <summary>The process of the one psql that is connected here.</summary>
    public string ClientId() => Path.GetFileName(Directory.EnumerateDirectories("/proc").Single(process =>
    {
        try
        {
            var command = File.ReadAllText(process + "/cmdline");
            return command.StartsWith(Programs + "/psql", StringComparison.Ordinal) && command.Contains(Socket, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // No process, or gone.
        }
    }));

    public void Dispose()
    {
        Stop();
        _server?.Dispose();
        Directory.Delete(_folder, recursive: true);
        if (Directory.Exists(Data)) Directory.Delete(Data, recursive: true);
    }

    public static string MakeFolder(string prefix)
    {
        var folder = Directory.CreateTempSubdirectory(prefix).FullName;
        Run("chmod", "755", folder);
        return folder;
    }

    public static string Run(string program, params string[] arguments)
    {
        var (exit, output, error) = TryRun(program, arguments);
        return exit == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error}");
    }

    private static void Own(string folder)
    {
        Run("chown", "postgres:postgres", folder);
        Run("chmod", "700", folder);
    }

    private static string RunAsOwner(string program, params string[] arguments) => Run("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", program, .. arguments]);

    private static (int Exit, string Output, string Error) TryRun(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    private string? TryAsk(string statement) => Psql("postgres", statement) is (0, var output, _) ? output.Trim() : null;

    private (int Exit, string Output, string Error) Psql(string database, string statement) =>
        TryRun($"{Programs}/psql", "-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", "-h", Socket, "-U", "postgres", "-d", database, "-c", statement);
}
