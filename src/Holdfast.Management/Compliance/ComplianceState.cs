namespace Holdfast.Management.Compliance;

/// <summary>Whether what a policy asks for is so.</summary>
public enum ComplianceState
{
    /// <summary>It is.</summary>
    Met,

    /// <summary>It is not.</summary>
    Broken,

    /// <summary>Nobody can tell, or nothing was asked for.</summary>
    Unknown,
}
