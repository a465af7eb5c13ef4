using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Backups;

/// <summary>How far a backup is: everything that it tells of is in the vault. Pure state that another machine can take up.</summary>
/// <remarks>The trees it names hang on no snapshot: a prune takes them, and a run that resumes after it reads more again, no harm else.</remarks>
public sealed record BackupCheckpoint
{
    /// <summary>Gets the directories that are not finished.</summary>
    public required IReadOnlyList<DirectoryCheckpoint> Directories { get; init; }

    /// <summary>Gets the files that are not finished.</summary>
    public required IReadOnlyList<FileCheckpoint> Files { get; init; }

    /// <summary>Gets the bytes that a run from here does not read again.</summary>
    public required long SavedBytes { get; init; }
}

/// <summary>A directory that is not finished.</summary>
/// <param name="Path">Its path in the snapshot.</param>
/// <param name="Entries">Trees whose nodes together are the entries that are finished.</param>
public sealed record DirectoryCheckpoint(string Path, IReadOnlyList<BlobId> Entries);

/// <summary>A file that is not finished.</summary>
/// <param name="Path">Its path in the snapshot.</param>
/// <param name="Version">What it was when it was begun: another is read from the start.</param>
/// <param name="Offset">Where to go on in bytes: a chunk ends there.</param>
/// <param name="Content">The blobs up to there.</param>
public sealed record FileCheckpoint(string Path, FileVersion Version, long Offset, IReadOnlyList<BlobId> Content);
