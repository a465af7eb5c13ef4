namespace Holdfast.Cluster.Jobs;

/// <summary>Whether an error is worth another try.</summary>
public enum ErrorClass
{
    /// <summary>It may be gone the next time: something did not answer, was full, was in use.</summary>
    Transient,

    /// <summary>It will be the same again until somebody changes something.</summary>
    Permanent,
}
