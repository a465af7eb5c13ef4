using Holdfast.Protection.Databases;
using Holdfast.Protection.Databases.MariaDb;
using Holdfast.Protection.Databases.Postgres;

namespace Holdfast.Cli.Databases;

/// <summary>The engines that this version has.</summary>
internal static class DatabaseEngines
{
    public static IReadOnlyList<string> Names { get; } = [PostgresEngine.EngineName, MariaDbEngine.EngineName];

    /// <summary>The engine of a server that runs here.</summary>
    /// <param name="engine">One of <see cref="Names"/>.</param>
    /// <param name="name">What the database is called in the vault.</param>
    /// <param name="dataFolder">The server's data folder.</param>
    /// <param name="superuser">Whom to connect as; null for the engine's own.</param>
    /// <param name="socket">MariaDB's socket; null for the usual one.</param>
    /// <param name="programs">The folder of PostgreSQL's programs; null where distributions put them.</param>
    /// <param name="time">The clock.</param>
    public static IDatabaseEngine Running(string engine, string name, string dataFolder, string? superuser, string? socket, string? programs, TimeProvider time)
    {
        if (engine != MariaDbEngine.EngineName) return new PostgresEngine(new() { Name = name, DataFolder = dataFolder, Role = superuser ?? "postgres", Programs = programs, Time = time });
        var usual = new MariaDbOptions { Name = name, DataFolder = dataFolder, Time = time };
        return new MariaDbEngine(usual with { Socket = socket ?? usual.Socket, User = superuser ?? usual.User });
    }

    /// <summary>The engine that a chain was made with, to work on restored files.</summary>
    /// <exception cref="HoldfastException"><c>database.engine-unknown</c></exception>
    public static IDatabaseEngine Of(DatabaseFacts facts, string? programs, TimeProvider time) => facts.Engine switch
    {
        PostgresEngine.EngineName => new PostgresEngine(new() { Name = facts.Name, Programs = programs, Time = time }),
        MariaDbEngine.EngineName => new MariaDbEngine(new() { Name = facts.Name, Time = time }),
        _ => throw new HoldfastException(ErrorKind.Invalid, "database.engine-unknown", $"'{facts.Name}' was backed up by an engine that this version does not have: {facts.Engine}.", "Use the version that made the backup."),
    };
}
