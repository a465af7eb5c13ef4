using System.Collections.Immutable;

namespace Holdfast.Management.Repository.Rows;

/// <summary>One line of a chart.</summary>
/// <param name="Name">What it is about: a job, a role, a thing.</param>
/// <param name="Unit">bytes/s, ratio or s.</param>
public sealed record ChartSeries(string Name, string Unit, ImmutableArray<ChartPoint> Points);
