namespace Holdfast.Cluster.Access;

/// <summary>What a person may do. Each level may do what the ones before it may.</summary>
public enum AccessLevel
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Look at everything.</summary>
    Viewer,

    /// <summary>Also move, start and stop what was declared, and drain nodes.</summary>
    Operator,

    /// <summary>Also declare roles, and say who belongs to the cluster. A declaration names programs and accounts, so this is the power of root on every node.</summary>
    Admin,
}
