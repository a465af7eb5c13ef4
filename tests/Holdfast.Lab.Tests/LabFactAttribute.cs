using Xunit;

namespace Holdfast.Lab.Tests;

/// <summary>A test that needs real namespaces and disks: skipped, with what is missing, where there are none.</summary>
public sealed class LabFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Problem = new(() => LabRequirements.CheckAsync().GetAwaiter().GetResult());

    public LabFactAttribute() => Skip = Problem.Value;
}
