namespace Holdfast.Vault.Pruning;

/// <summary>What a prune is doing.</summary>
public enum PruneStage
{
    /// <summary>Finding what snapshots need.</summary>
    Plan,

    /// <summary>Removing packs that no index lists.</summary>
    RemoveUnreferenced,

    /// <summary>Writing what is used of half-used packs anew.</summary>
    Repack,

    /// <summary>Writing the index without the packs that go.</summary>
    Index,

    /// <summary>Removing those packs.</summary>
    RemovePacks,
}

/// <summary>How far it is.</summary>
/// <param name="Stage">What it is doing.</param>
/// <param name="Done">How many of the stage's files are done.</param>
/// <param name="Total">How many there are.</param>
public readonly record struct PruneProgress(PruneStage Stage, int Done, int Total);
