namespace Holdfast.Protection.Backups;

/// <summary>What was the matter with a file.</summary>
public enum FileIssueKind
{
    /// <summary>It is not in the snapshot, or not whole, and should be.</summary>
    Unreadable,

    /// <summary>It was gone before it could be read.</summary>
    Vanished,

    /// <summary>It changed while it was read: what was read may never have been its content.</summary>
    ChangedWhileRead,

    /// <summary>Its extended attributes could not be read, or something of its metadata could not be restored.</summary>
    Metadata,

    /// <summary>Blobs of its earlier content are not in the vault any more; it was read again.</summary>
    ContentMissing,
}

/// <summary>Something that a run met and went on.</summary>
/// <param name="Path">The file.</param>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Message">What the system said.</param>
public sealed record FileIssue(string Path, FileIssueKind Kind, string Message)
{
    /// <summary>Gets whether something is missing from the result for it.</summary>
    public bool IsLoss => Kind is FileIssueKind.Unreadable;
}
