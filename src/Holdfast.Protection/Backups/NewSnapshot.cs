using Holdfast.Protection.Native;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Protection.Backups;

/// <summary>Snapshots that this process makes: who made them, and with what.</summary>
public static class NewSnapshot
{
    private static readonly string Program = "holdfast " + typeof(NewSnapshot).Assembly.GetName().Version?.ToString(3);

    /// <summary>One of a tree that is in the vault.</summary>
    /// <param name="time">When its backup began.</param>
    /// <param name="tree">The root.</param>
    /// <param name="parent">What it was compared with, if anything.</param>
    public static Snapshot Of(DateTimeOffset time, BlobId tree, Snapshot? parent) => new()
    {
        Time = time,
        Tree = tree,
        Parent = parent is not null && BlobId.TryParse(parent.Id, out var id) ? id : null,
        Username = Environment.UserName,
        Uid = LibC.geteuid(),
        Gid = LibC.getegid(),
        ProgramVersion = Program,
    };
}
