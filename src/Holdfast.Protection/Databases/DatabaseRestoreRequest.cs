using Holdfast.Vault.Repository;

namespace Holdfast.Protection.Databases;

/// <summary>What to restore, and where to.</summary>
public sealed record DatabaseRestoreRequest
{
    /// <summary>Gets the vault, its index loaded.</summary>
    public required VaultRepository Vault { get; init; }

    /// <summary>Gets the snapshots of the database, the oldest first.</summary>
    public required IReadOnlyList<DatabaseSnapshot> Chain { get; init; }

    /// <summary>Gets the folder that becomes the data folder; it must be empty, or not there.</summary>
    public required string Folder { get; init; }

    /// <summary>Gets how far to go.</summary>
    public RecoveryTarget Target { get; init; } = RecoveryTarget.Latest;

    /// <summary>Gets the base backup to begin with.</summary>
    /// <value>The default is null: the newest one before the target.</value>
    public string? Base { get; init; }

    /// <summary>Gets whether the server shall stop at the target and wait, instead of going on from there.</summary>
    public bool Pause { get; init; }

    /// <summary>Gets the command with which the server fetches its log, with <c>%f</c> and <c>%p</c>.</summary>
    /// <value>The default is null: the log is laid down beside the data.</value>
    public string? FetchCommand { get; init; }

    /// <summary>Gets whether it is only said what would be laid down: everything that can be refused is, and nothing is written.</summary>
    public bool DryRun { get; init; }

    /// <summary>Gets where tablespaces go, by their identifier or by where they were.</summary>
    /// <value>A tablespace that is not named goes beside the folder, into <c>FOLDER.tablespaces/ID</c>.</value>
    public IReadOnlyDictionary<string, string> Tablespaces { get; init; } = new Dictionary<string, string>();
}
