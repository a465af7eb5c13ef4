namespace Holdfast.Protection.Images;

/// <summary>How far the file system's word about changed blocks is believed. Kept in the chain itself, so that whichever node backs up next knows it.</summary>
public sealed record MapTrust
{
    /// <summary>Gets how many backups in a row believed the map since the last that read everything.</summary>
    public int BackupsSinceFullRead { get; init; }

    /// <summary>Gets why the map is not believed any more; null while it is.</summary>
    public string? Distrusted { get; init; }

    /// <summary>Whether the next backup may believe the map, or must read everything.</summary>
    /// <param name="everyNth">Every which backup reads everything; 0 never by itself.</param>
    public bool MayBelieve(int everyNth) => Distrusted is null && (everyNth == 0 || BackupsSinceFullRead + 1 < everyNth);

    /// <summary>After a backup that believed the map.</summary>
    public MapTrust Believed() => this with { BackupsSinceFullRead = BackupsSinceFullRead + 1 };

    /// <summary>After a backup that read everything; a distrust stays, until an administrator lifts it.</summary>
    public MapTrust ReadEverything(string? mismatch) => new() { Distrusted = mismatch ?? Distrusted };
}
