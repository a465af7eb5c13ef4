using Holdfast.Protection.Backups;
using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Restores;

/// <summary>What a restore is asked to do.</summary>
public sealed record RestoreRequest
{
    /// <summary>Gets the tree whose entries go into the target.</summary>
    public required BlobId Tree { get; init; }

    /// <summary>Gets the directory that they go into. It is made when it is missing; nothing outside it is touched, whatever the snapshot says.</summary>
    public required string Target { get; init; }

    /// <summary>Gets what of the tree is restored.</summary>
    public RestoreSelection Selection { get; init; } = RestoreSelection.All;

    /// <summary>Gets whether nothing is written, only said.</summary>
    public bool DryRun { get; init; }

    /// <summary>Gets whether what is in the restored directories and not in the snapshot is removed.</summary>
    public bool Delete { get; init; }

    /// <summary>Gets whether the files are read back and compared.</summary>
    public bool Verify { get; init; }

    /// <summary>Gets whether runs of zeros become holes.</summary>
    /// <value>The default is true.</value>
    public bool Sparse { get; init; } = true;

    /// <summary>Gets how many packs are read at once.</summary>
    /// <value>The default is twice the number of processors; from 1 to 64.</value>
    public int Workers { get; init => field = value is >= 1 and <= 64 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "from 1 to 64"); } = Math.Clamp(2 * Environment.ProcessorCount, 1, 64);

    /// <summary>Gets who is told what is done with each thing. Called by several threads.</summary>
    public Action<RestoreAction>? OnAction { get; init; }

    /// <summary>Gets who is told of what went wrong with single files. Called by several threads.</summary>
    public Action<FileIssue>? OnIssue { get; init; }
}
