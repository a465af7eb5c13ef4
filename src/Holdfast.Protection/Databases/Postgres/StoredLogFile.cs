using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>A file of the log in a vault.</summary>
/// <param name="Node">The file.</param>
/// <param name="Snapshot">The snapshot that has it.</param>
public sealed record StoredLogFile(Node Node, string Snapshot)
{
    /// <summary>Gets when it was last written on the server: transactions up to about then are in it.</summary>
    public DateTimeOffset WrittenAt => Node.ModifiedAt.ToDateTimeOffset();
}
