namespace Holdfast.Agent.Api;

/// <summary>What can be done to a snapshot in a vault.</summary>
public enum SnapshotAct
{
    /// <summary>Its tags are changed; a legal hold is one of them.</summary>
    Tag,

    /// <summary>It is forgotten: at once, or after a time in which it can be brought back.</summary>
    Forget,

    /// <summary>It is brought back, while it still can be.</summary>
    BringBack,
}

/// <summary>
/// POST /v1/nodes/{node}/snapshots/{snapshot}: changes a snapshot, with the product's own commands on that node; answered with what they print. For administrators, because vault and password file
/// are whatever is named.
/// </summary>
/// <param name="Vault">The vault: a folder, <c>rest:URL</c> or <c>s3:URL</c>.</param>
/// <param name="PasswordFile">The file on that node with its password.</param>
/// <param name="Add">Tags to add; for <see cref="SnapshotAct.Tag"/>.</param>
/// <param name="Remove">Tags to take off; for <see cref="SnapshotAct.Tag"/>.</param>
/// <param name="Delay">How long it can be brought back; null for not at all; for <see cref="SnapshotAct.Forget"/>.</param>
public sealed record SnapshotActRequest(SnapshotAct Act, string Vault, string PasswordFile, IReadOnlyList<string>? Add = null, IReadOnlyList<string>? Remove = null, TimeSpan? Delay = null);
