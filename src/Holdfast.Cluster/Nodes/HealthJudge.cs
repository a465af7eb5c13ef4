using System.Collections.Immutable;
using System.Globalization;

namespace Holdfast.Cluster.Nodes;

/// <summary>
/// Makes a verdict of many looks: a single bad one is no problem, and what hovers at a limit does not come and go. Pure: the next state is a function
/// of the state and the look.
/// </summary>
public sealed record HealthJudge
{
    // What was a problem is none any more only when there is half as much again.
    private const double Recovered = 1.5;

    /// <summary>Gets the problems, in the order of <see cref="HealthConcern"/>.</summary>
    public ImmutableArray<HealthProblem> Problems { get; private init; } = [];

    private ImmutableDictionary<HealthConcern, int> Against { get; init; } = ImmutableDictionary<HealthConcern, int>.Empty;

    /// <summary>A judge that knows what was said before, so that an agent's restart does not make a node well.</summary>
    public static HealthJudge Knowing(ImmutableArray<HealthProblem> problems) => new() { Problems = problems };

    /// <summary>Returns the state after one more look.</summary>
    public HealthJudge Look(HealthSample sample, HealthLimits limits) =>
        Enum.GetValues<HealthConcern>().Aggregate(this, (judge, concern) => judge.Look(concern, Complaint(concern, sample, limits, judge.IsKnown(concern) ? Recovered : 1), limits));

    private bool IsKnown(HealthConcern concern) => Problems.Any(problem => problem.Concern == concern);

    /// <summary>Counts the looks in a row that speak against what is thought now.</summary>
    private HealthJudge Look(HealthConcern concern, string? complaint, HealthLimits limits)
    {
        var known = IsKnown(concern);
        if (known == complaint is not null) return this with { Against = Against.Remove(concern) };

        var count = Against.GetValueOrDefault(concern) + 1;
        if (count < (known ? limits.LooksUntilWell : limits.LooksUntilUnwell)) return this with { Against = Against.SetItem(concern, count) };
        var others = Problems.Where(problem => problem.Concern != concern);
        return this with
        {
            Against = Against.Remove(concern),
            Problems = [.. (complaint is null ? others : others.Append(new HealthProblem(concern, complaint))).OrderBy(problem => problem.Concern)],
        };
    }

    private static string? Complaint(HealthConcern concern, HealthSample sample, HealthLimits limits, double factor) => concern switch
    {
        HealthConcern.Disk when IsShort(sample.DiskFree, sample.DiskSize, limits.Disk * factor, limits.DiskAlwaysEnough * factor) =>
            $"runs out of disk: {Share(sample.DiskFree, sample.DiskSize)} of the disk of its state is free",
        HealthConcern.Memory when IsShort(sample.MemoryFree, sample.MemorySize, limits.Memory * factor, limits.MemoryAlwaysEnough * factor) =>
            $"runs out of memory: {Share(sample.MemoryFree, sample.MemorySize)} of it is free",
        HealthConcern.Store when sample.StoreTook is { } took && took * factor > limits.Store =>
            string.Create(CultureInfo.InvariantCulture, $"reaches the store too slowly: a renewal took {took.TotalMilliseconds:0} ms, {limits.Store.TotalMilliseconds:0} allowed"),
        _ => null,
    };

    private static bool IsShort(long free, long size, double part, double enough) => size > 0 && free < size * part && free < enough;

    private static string Share(long free, long size) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * free / size:0.#} % ({free >> 20} MiB)");
}
