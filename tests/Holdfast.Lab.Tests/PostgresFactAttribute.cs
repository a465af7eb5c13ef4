using Xunit;

namespace Holdfast.Lab.Tests;

/// <summary>A test of the lab that also needs PostgreSQL.</summary>
public sealed class PostgresFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Problem = new(() => LabRequirements.CheckAsync(withServices: true).GetAwaiter().GetResult());

    public PostgresFactAttribute() => Skip = Problem.Value;
}
