namespace Holdfast.Protection.Databases.MariaDb;

/// <summary>Which MariaDB server, and how it is reached.</summary>
public sealed record MariaDbOptions
{
    /// <summary>Gets what the database is called in the vault. MariaDB has no identifier that moves with its files, so the name is all there is: it must not be given twice.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the server's data folder; null where only restored files are used.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Gets the server's socket.</summary>
    /// <value>The default is <c>/run/mysqld/mysqld.sock</c>.</value>
    public string Socket { get; init; } = "/run/mysqld/mysqld.sock";

    /// <summary>Gets the user to connect as; it needs RELOAD, PROCESS, LOCK TABLES and BINLOG MONITOR.</summary>
    /// <value>The default is <c>root</c>, whom the socket knows.</value>
    public string User { get; init; } = "root";

    /// <summary>Gets how long a temporary instance may take to start.</summary>
    /// <value>The default is 1 hour.</value>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Gets the clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
