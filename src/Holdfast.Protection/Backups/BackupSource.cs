namespace Holdfast.Protection.Backups;

/// <summary>Something to back up.</summary>
/// <param name="Path">Where it is, as it is recorded; a relative path is recorded without the directories above it, as restic has it.</param>
public sealed record BackupSource(string Path)
{
    /// <summary>Gets where it is read: elsewhere when a volume snapshot stands in for it.</summary>
    /// <value>The default is <see cref="Path"/>.</value>
    public string ReadFrom { get; init; } = Path;
}
