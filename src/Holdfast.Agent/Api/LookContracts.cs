namespace Holdfast.Agent.Api;

/// <summary>What can be looked at on a node.</summary>
public enum LookKind
{
    /// <summary>Its volumes and the shared ones that it knows of.</summary>
    Volumes,

    /// <summary>The snapshots of a vault, as this node reaches it.</summary>
    Snapshots,

    /// <summary>One folder of a snapshot.</summary>
    Files,

    /// <summary>Files in all snapshots of a vault, by a pattern.</summary>
    Find,

    /// <summary>What differs between two snapshots.</summary>
    Differences,

    /// <summary>What the snapshots of a vault hold, and take in it.</summary>
    Statistics,

    /// <summary>The backups of databases in a vault.</summary>
    Databases,

    /// <summary>What a restore would do, of files or of a database.</summary>
    RestorePreview,
}

/// <summary>
/// POST /v1/nodes/{node}/look: looks at something on a node, with the product's own commands there; answered with what they print, JSON lines. Changes nothing. For
/// administrators, because vault and password file are whatever is named.
/// </summary>
/// <param name="Vault">The vault: a folder, <c>rest:URL</c> or <c>s3:URL</c>; for all but volumes.</param>
/// <param name="PasswordFile">The file on that node with its password.</param>
/// <param name="Snapshot">The snapshot's id.</param>
/// <param name="Path">The folder to list, or the pattern to find: names with <c>*</c> and <c>?</c>, or whole paths with a slash.</param>
/// <param name="Paths">What would be restored; everything when it is empty.</param>
/// <param name="Target">Where to.</param>
/// <param name="Database">The database that would be restored; null for files.</param>
/// <param name="Other">The snapshot that is compared with.</param>
public sealed record LookRequest(
    LookKind Kind, string? Vault = null, string? PasswordFile = null, string? Snapshot = null, string? Path = null, IReadOnlyList<string>? Paths = null, string? Target = null, DatabaseWanted? Database = null, string? Other = null)
{
    /// <summary>What commands say on standard error between the name of something that they cannot read and why: then their list is not the whole.</summary>
    public const string LeftOut = " is left out: ";
}
