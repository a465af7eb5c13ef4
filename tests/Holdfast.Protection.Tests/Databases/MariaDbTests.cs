using System.Diagnostics;
using Holdfast.Protection.Databases;
using Holdfast.Protection.Databases.MariaDb;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Repository;

namespace Holdfast.Protection.Tests.Databases;

/// <summary>The seam, with another engine's server and tool.</summary>
public sealed class MariaDbTests : IDisposable
{
    private readonly string _folder = PostgresServer.MakeFolder("holdfast-mariadb-test-");
    private Process? _server;

    private string Socket => _folder + "/socket";

    [Fact]
    public async Task A_running_server_is_backed_up_proved_and_one_table_written_out()
    {
        Start();
        Ask("create database shop; create table shop.customers (id int primary key, name varchar(50)); insert into shop.customers values (1, 'Ada'); create table shop.other (id int)");
        using var password = new VaultPassword("secret");
        await using var vault = await VaultRepository.InitAsync(new MemoryBackend(), password, new() { KeyDerivation = new ScryptParameters(1024, 8, 1) }, default);
        var engine = new MariaDbEngine(new() { Name = "shop", DataFolder = _folder + "/data", Socket = Socket });

        await new DatabaseBackup(vault, TimeProvider.System).RunAsync(engine, DatabaseBackupType.Incremental, null, default);
        Ask("insert into shop.customers values (2, 'late')");
        var chain = DatabaseCatalog.ChainOf(await DatabaseCatalog.ListAsync(vault, default), "shop", null);
        var rehearsal = new DatabaseRehearsal(engine, vault, TimeProvider.System);
        var proof = await rehearsal.ProveAsync(chain, RecoveryTarget.Latest, _folder + "/scratch", default);
        await rehearsal.DumpAsync(chain, RecoveryTarget.Latest, null, new("shop", _folder + "/dump.sql") { Tables = ["customers"] }, _folder + "/scratch", default);

        Assert.True(proof.IsProven, proof.Failure + string.Join("; ", proof.Checks));
        var dump = File.ReadAllText(_folder + "/dump.sql");
        Assert.Contains("(1,'Ada')", dump, StringComparison.Ordinal);
        Assert.DoesNotContain("late", dump, StringComparison.Ordinal);
        Assert.DoesNotContain("`other`", dump, StringComparison.Ordinal);
        Assert.Equal("database.target-unsupported", (await Assert.ThrowsAsync<HoldfastException>(() => engine.RestoreAsync(
            new() { Vault = vault, Chain = chain, Folder = _folder + "/no", Target = new RecoveryTarget.Moment(DateTimeOffset.UnixEpoch) }, default))).Code);
    }

    public void Dispose()
    {
        if (_server is { HasExited: false })
        {
            PostgresServer.Run("kill", "-TERM", _server.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            _server.WaitForExit();
        }

        _server?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Start()
    {
        var data = _folder + "/data";
        Directory.CreateDirectory(data);
        // Any user that is not root will do; the server's own exists only where its package is installed whole.
        PostgresServer.Run("chown", "-R", "nobody", _folder);
        PostgresServer.Run("mariadb-install-db", "--no-defaults", "--user=nobody", "--datadir=" + data, "--auth-root-authentication-method=socket", "--skip-test-db");
        _server = Process.Start(new ProcessStartInfo("/usr/sbin/mariadbd", ["--no-defaults", "--user=nobody", "--datadir=" + data, "--socket=" + Socket, $"--pid-file={_folder}/pid", "--skip-networking"]) { WorkingDirectory = "/", RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = _server.StandardError.ReadToEndAsync();
        for (var began = Stopwatch.StartNew(); began.Elapsed < TimeSpan.FromMinutes(2) && !_server.HasExited;)
        {
            try
            {
                Ask("select 1");
                return;
            }
            catch (InvalidOperationException)
            {
                PostgresServer.Run("sleep", "0.1");
            }
        }

        throw new InvalidOperationException("MariaDB did not start: " + (_server.HasExited ? said.Result : "it takes too long"));
    }

    private void Ask(string statement) => PostgresServer.Run("mariadb", "--no-defaults", "--socket=" + Socket, "--user=root", "--execute", statement);
}
