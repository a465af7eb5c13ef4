namespace Holdfast.Agent.Declarations;

/// <summary>One difference between two roles.</summary>
/// <param name="Path">Where: <c>roles.orders.resources.db.command</c>.</param>
/// <param name="Before">The value before; null when there was none.</param>
/// <param name="After">The value after; null when there is none any more.</param>
public sealed record SpecChange(string Path, string? Before, string? After)
{
    /// <inheritdoc/>
    public override string ToString() =>
        Before is null ? $"+ {Path}: {After}" : After is null ? $"- {Path}: {Before}" : $"~ {Path}: {Before} -> {After}";
}
