namespace Holdfast.Cluster.Copies;

/// <summary>Whether a voter may vote with the copy of the store that it finds on its disk.</summary>
public enum CopyVerdict
{
    /// <summary>It is the one that it had when it last ran.</summary>
    Current,

    /// <summary>It is older: it has acknowledged what is not in it, and may have given votes that it does not remember.</summary>
    Old,

    /// <summary>Nobody who answers can tell.</summary>
    Unproven,
}
