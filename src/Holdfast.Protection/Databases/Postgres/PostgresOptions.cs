namespace Holdfast.Protection.Databases.Postgres;

/// <summary>Which PostgreSQL server, and how it is reached.</summary>
public sealed record PostgresOptions
{
    /// <summary>Gets what the database is called in the vault: the chain's name, wherever it runs.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the data folder of the server that runs here; null where only restored files are used.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Gets the role to connect as; it must be a superuser.</summary>
    /// <value>The default is <c>postgres</c>.</value>
    public string Role { get; init; } = "postgres";

    /// <summary>Gets the folder of the server's programs.</summary>
    /// <value>The default is null: looked for where distributions put the version.</value>
    public string? Programs { get; init; }

    /// <summary>Gets how long a temporary instance may take to come to its target.</summary>
    /// <value>The default is 12 hours.</value>
    public TimeSpan RecoveryLimit { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Gets the clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
