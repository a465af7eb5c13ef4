namespace Holdfast.Protection.Databases;

/// <summary>What to write out of a database server.</summary>
/// <param name="Database">The database in it.</param>
/// <param name="Output">The file to write; it must not be there.</param>
public sealed record DatabaseDumpRequest(string Database, string Output)
{
    /// <summary>Gets the tables, as the engine's tool takes them.</summary>
    /// <value>The default is none: the whole database.</value>
    public IReadOnlyList<string> Tables { get; init; } = [];

    /// <summary>Gets whether the dump is text. PostgreSQL has a format of its own too, from which <c>pg_restore</c> takes parts.</summary>
    /// <value>The default is yes.</value>
    public bool AsText { get; init; } = true;

    /// <summary>Gets whether it is only said what it would be taken from. Whether the database is in it, only the server knows.</summary>
    public bool DryRun { get; init; }
}
