using Holdfast.Lab;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Labs;

/// <summary>A test on real hosts: skipped, with what is missing, on a machine that allows none.</summary>
public sealed class ClusterFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> FoundProblem = new(() => LabRequirements.CheckAsync(withServices: true).GetAwaiter().GetResult());

    public ClusterFactAttribute() => Skip = Problem;

    /// <summary>Gets why there can be no lab here; null when there can.</summary>
    public static string? Problem => FoundProblem.Value;
}
