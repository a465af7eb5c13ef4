namespace Holdfast.Protection.Databases.Postgres;

/// <summary>PostgreSQL 12 and later: online base backups, its log, and recovery to a point.</summary>
/// <param name="options">Which server.</param>
public sealed class PostgresEngine(PostgresOptions options) : IDatabaseEngine
{
    /// <summary>The engine's name in snapshots.</summary>
    public const string EngineName = "postgresql";

    /// <inheritdoc/>
    public string Name => EngineName;

    /// <summary>Gets which server.</summary>
    public PostgresOptions Options { get; } = options;

    /// <inheritdoc/>
    public async Task<DatabaseIdentity> IdentifyAsync(CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(cancellationToken);
        var answer = await session.AskJsonAsync("select json_build_object('id', system_identifier::text, 'version', current_setting('server_version')) from pg_control_system()", cancellationToken);
        return new(EngineName, answer.GetProperty("id").GetString()!, Options.Name, answer.GetProperty("version").GetString()!.Split(' ')[0]);
    }

    /// <inheritdoc/>
    /// <exception cref="HoldfastException"><c>database.is-standby</c>, <c>database.refused</c>.</exception>
    public async Task<IOnlineBackup> BeginAsync(CancellationToken cancellationToken)
    {
        var session = await OpenAsync(cancellationToken);
        try
        {
            return await PostgresOnlineBackup.BeginAsync(Options, DataFolder, session, cancellationToken);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<RestoredDatabase> RestoreAsync(DatabaseRestoreRequest request, CancellationToken cancellationToken) => new PostgresRestore(Options, request).RunAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<ITemporaryInstance> StartTemporaryAsync(RestoredDatabase restored, CancellationToken cancellationToken) =>
        await PostgresTemporary.StartAsync(Options, restored, cancellationToken);

    private string DataFolder => Options.DataFolder ?? throw new HoldfastException(ErrorKind.Invalid, "database.folder-missing", $"The data folder of '{Options.Name}' is not named.", "Name it with --data.");

    private async Task<PsqlSession> OpenAsync(CancellationToken cancellationToken)
    {
        var programs = PostgresPrograms.Find(PostgresPrograms.MajorOf(DataFolder), Options.Programs);
        return await PsqlSession.OpenAsync(Options.Name, programs, FileOwner.Of(DataFolder), PostgresAddress.OfRunning(Options.Name, DataFolder), Options.Role, "postgres", cancellationToken);
    }
}
