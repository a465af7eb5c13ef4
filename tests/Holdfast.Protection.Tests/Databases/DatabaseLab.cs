using Holdfast.Protection.Databases;
using Holdfast.Protection.Databases.Postgres;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Repository;

namespace Holdfast.Protection.Tests.Databases;

/// <summary>A vault on the disk and a server that is backed up into it.</summary>
public sealed class DatabaseLab : IAsyncLifetime
{
    public const string Password = "swordfish";

    private readonly IVaultBackend _backend;
    private readonly List<IDisposable> _owned = [];

    public DatabaseLab()
    {
        Folder = PostgresServer.MakeFolder("holdfast-databases-");
        _backend = VaultBackends.Open(VaultUrl.Parse(VaultFolder));
    }

    public string Folder { get; }

    public string VaultFolder => Path.Combine(Folder, "vault");

    public VaultRepository Vault { get; private set; } = null!;

    internal PostgresServer Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        using var password = new VaultPassword(Password);
        Vault = await VaultRepository.InitAsync(_backend, password, new() { KeyDerivation = new ScryptParameters(1024, 8, 1) }, default);
        Server = PostgresServer.Create();
        _owned.Add(Server);
        Server.Ask("create table orders (id bigserial primary key, what text); create table other (id int); insert into other select generate_series(1, 100)");
    }

    internal PostgresEngine Engine(string name, PostgresServer? server = null) => new(new() { Name = name, DataFolder = (server ?? Server).Data });

    internal async Task<DatabaseBackupResult> BackupAsync(string name, DatabaseBackupType type = DatabaseBackupType.Full, PostgresServer? server = null) =>
        await new DatabaseBackup(Vault, TimeProvider.System).RunAsync(Engine(name, server), type, null, default);

    internal async Task<DatabaseBackupResult?> LogAsync(string name, PostgresServer? server = null)
    {
        (server ?? Server).Archive();
        return await new PostgresLogBackup(Vault, TimeProvider.System).RunAsync(name, new WalSpool((server ?? Server).Spool), default);
    }

    public async Task<IReadOnlyList<DatabaseSnapshot>> ChainAsync(string name) => DatabaseCatalog.ChainOf(await DatabaseCatalog.ListAsync(Vault, default), name, null);

    public async Task<RestoredDatabase> RestoreAsync(string name, RecoveryTarget target, string? folder = null, string? baseId = null) => await Engine(name).RestoreAsync(
        new() { Vault = Vault, Chain = await ChainAsync(name), Folder = folder ?? NewFolder(), Target = target, Base = baseId }, default);

    /// <summary>A server on restored files.</summary>
    internal PostgresServer StartOn(RestoredDatabase restored)
    {
        var server = PostgresServer.On(restored.Folder);
        _owned.Add(server);
        return server;
    }

    public string NewFolder() => Path.Combine(Folder, Guid.NewGuid().ToString("n"));

    public async Task DisposeAsync()
    {
        foreach (var owned in _owned) owned.Dispose();
        await Vault.DisposeAsync();
        await _backend.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }


}
