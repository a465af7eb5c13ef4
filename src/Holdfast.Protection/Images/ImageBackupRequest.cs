using Holdfast.Protection.Ranges;

namespace Holdfast.Protection.Images;

/// <summary>One backup of one image.</summary>
public sealed record ImageBackupRequest
{
    /// <summary>Gets what is read.</summary>
    public required IImageSource Source { get; init; }

    /// <summary>Gets how a first backup is cut; null to choose by the length. A parent's way is kept.</summary>
    public ImageLayout? Layout { get; init; }

    /// <summary>Gets the image that this one continues; null for the first, and never one cut for another volume.</summary>
    public StoredImage? Parent { get; init; }

    /// <summary>Gets what may differ from the parent; null when that is not known and everything is read.</summary>
    public RangeSet? Changed { get; init; }

    /// <summary>Gets whether everything is read all the same, and what <see cref="Changed"/> leaves out compared with the parent.</summary>
    public bool Audit { get; init; }

    /// <summary>Gets where a backup of the same state was interrupted; null to begin at the beginning.</summary>
    public ImageCheckpoint? Resume { get; init; }

    /// <summary>Gets the name of the state that is read, which a checkpoint is bound to.</summary>
    public string SourceState { get; init; } = "";

    /// <summary>Gets the file as it was before the state was taken.</summary>
    public FileIdentity? Identity { get; init; }

    /// <summary>Gets the kept state, for the next backup.</summary>
    public KeptState? State { get; init; }
}
