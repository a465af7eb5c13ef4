using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Backups;

/// <summary>What is known of a directory's entries: from the run that is resumed, else from the snapshot before.</summary>
internal sealed class PreviousDirectory(Tree? parent, IReadOnlyDictionary<string, Node>? resumed)
{
    public static PreviousDirectory None { get; } = new(null, null);

    public Node? Find(string name) => resumed is not null && resumed.TryGetValue(name, out var node) ? node : parent?.Find(name);

    /// <summary>What the snapshot before has, whatever a run that is resumed had found.</summary>
    public Node? FindInParent(string name) => parent?.Find(name);
}
