namespace Holdfast.Agent.Probes;

/// <summary>What a probe found.</summary>
/// <param name="Reason">What is wrong, a short sentence such as <c>tcp 10.0.0.5:5432: connection refused</c>; null when all is well.</param>
public readonly record struct ProbeOutcome(string? Reason)
{
    /// <summary>Gets the outcome of a probe that found all well.</summary>
    public static ProbeOutcome Well => default;

    /// <summary>Whether the probe passed.</summary>
    public bool Passed => Reason is null;
}
