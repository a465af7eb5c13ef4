using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Holdfast.Store.Postgres;
using Holdfast.Store.Tests.Etcd;
using Npgsql;

namespace Holdfast.Store.Tests.Postgres;

/// <summary>A real PostgreSQL on the loopback, gone with the test. It refuses to run as root, so root runs it as <c>postgres</c>.</summary>
public sealed class PostgresServer : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _settings = new()
    {
        ["listen_addresses"] = "127.0.0.1", ["unix_socket_directories"] = "", ["max_connections"] = "200", ["shared_buffers"] = "16MB",
    };

    private MemberProcess? _process;
    private bool _isDisposed;

    public int Port { get; private set; }

    private string Data => Path.Combine(_folder.Path, "data");

    private static string Programs { get; } = Directory.EnumerateDirectories("/usr/lib/postgresql").Order().Last() + "/bin";

    private static string[] AsPostgres { get; } = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : ["setpriv"];

    public async Task InitializeAsync()
    {
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_111_111);
        await RunAsync("initdb", "-D", Data, "-A", "trust", "-U", "postgres", "--no-locale", "-E", "UTF8", "--no-sync");
        await StartAsync();
    }

    public Task DisposeAsync()
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <summary>As a fixture it is disposed in both ways.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _process?.Dispose();
        _folder.Dispose();
    }

    /// <summary>A store in a schema of its own.</summary>
    public PostgresOptions Options(string? schema = null) => new()
    {
        Address = PostgresAddress.Parse($"postgres://postgres@127.0.0.1:{Port}/postgres"), Schema = schema ?? $"test_{Guid.NewGuid():n}",
        ReadTimeout = TimeSpan.FromSeconds(20), CommitTimeout = TimeSpan.FromSeconds(20),
    };

    /// <summary>Starts it, with settings beside those from before.</summary>
    public async Task StartAsync(params (string Name, string Value)[] settings)
    {
        foreach (var (name, value) in settings) _settings[name] = value;
        Port = Port == 0 ? FreePort() : Port;
        _process = MemberProcess.Start(AsPostgres[0], [.. AsPostgres[1..], "--pdeathsig", "KILL", "--", $"{Programs}/postgres", "-D", Data, "-p", $"{Port}", .. _settings.SelectMany(setting => (string[])["-c", $"{setting.Key}={setting.Value}"])], Path.Combine(_folder.Path, "log"));
        var limit = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await QueryAsync("SELECT 1");
                return;
            }
            catch (NpgsqlException) when (limit.Elapsed < TimeSpan.FromSeconds(60) && !_process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
            catch (NpgsqlException e)
            {
                throw new InvalidOperationException($"PostgreSQL does not start: {_process.LogTail}", e);
            }
        }
    }

    /// <summary>Ends it at once, as a crash would: what was not synchronised must be recovered. A killed postmaster would leave its children at work for a moment.</summary>
    public void Kill()
    {
        _process!.Quit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Copies this server to a standby that follows it.</summary>
    public async Task<PostgresServer> StartStandbyAsync(string name)
    {
        var standby = new PostgresServer();
        File.SetUnixFileMode(standby._folder.Path, (UnixFileMode)0b111_111_111);
        await RunAsync("pg_basebackup", "-h", "127.0.0.1", "-p", $"{Port}", "-U", "postgres", "-D", standby.Data, "-R", "-X", "stream", "-c", "fast", "--no-sync");
        await standby.StartAsync(("primary_conninfo", $"host=127.0.0.1 port={Port} user=postgres application_name={name}"));
        await UntilAsync(async () => await QueryAsync("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") is 1L);
        return standby;
    }

    public async Task PromoteAsync()
    {
        await QueryAsync("SELECT pg_promote()");
        await UntilAsync(async () => await QueryAsync("SELECT pg_is_in_recovery()") is false);
    }

    public async Task<object?> QueryAsync(string sql)
    {
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={Port};Username=postgres;Database=postgres;Pooling=false;Timeout=5");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var limit = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(limit.Elapsed < TimeSpan.FromSeconds(60), "what was waited for did not come");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(AsPostgres[0]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (var argument in (string[])[.. AsPostgres[1..], "--", $"{Programs}/{program}", .. arguments]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program}: {await output}{await errors}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
