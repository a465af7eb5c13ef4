namespace Holdfast.Protection.Databases;

/// <summary>What a backup of a database reads. Each but <see cref="Log"/> is complete in the vault by itself, whatever was read for it.</summary>
public enum DatabaseBackupType
{
    /// <summary>Every file is read.</summary>
    Full,

    /// <summary>What did not change since the last full backup is taken from it.</summary>
    Differential,

    /// <summary>What did not change since the last backup of any type is taken from it.</summary>
    Incremental,

    /// <summary>The log that was archived since the last log backup.</summary>
    Log,
}
