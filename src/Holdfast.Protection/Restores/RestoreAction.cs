namespace Holdfast.Protection.Restores;

/// <summary>What a restore does with one thing.</summary>
public enum RestoreActionKind
{
    /// <summary>It was not there.</summary>
    Create,

    /// <summary>It was there with other content: what differs is written.</summary>
    Update,

    /// <summary>It was there with this content: only its metadata are set.</summary>
    Keep,

    /// <summary>It was there and is not in the snapshot.</summary>
    Delete,
}

/// <summary>What a restore does, or with a dry run would do, with one thing.</summary>
/// <param name="Path">Its path in the snapshot.</param>
/// <param name="Kind">What.</param>
/// <param name="Bytes">How many bytes are written.</param>
public sealed record RestoreAction(string Path, RestoreActionKind Kind, long Bytes);
