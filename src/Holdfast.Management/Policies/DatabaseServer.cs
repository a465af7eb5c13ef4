namespace Holdfast.Management.Policies;

/// <summary>How a node reaches a database server.</summary>
public sealed record DatabaseServer
{
    /// <summary>Gets <c>postgresql</c> (the default) or <c>mariadb</c>.</summary>
    public string Engine { get; init; } = "postgresql";

    /// <summary>Gets the data folder, an absolute path.</summary>
    public required string Data { get; init; }

    /// <summary>Gets the folder to which the server archives its log; null when it does not. PostgreSQL only.</summary>
    public string? Spool { get; init; }

    /// <summary>Gets the superuser to connect as; null for the engine's usual one.</summary>
    public string? User { get; init; }

    /// <summary>Gets MariaDB's socket; null for the usual one.</summary>
    public string? Socket { get; init; }
}
