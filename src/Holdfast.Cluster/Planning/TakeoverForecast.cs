using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>How long the next arrival of a role is expected to take, and what that rests on.</summary>
/// <param name="Expected">From the fault, or from when the role is told to leave, to everything online; null when it was never started anywhere.</param>
/// <param name="Basis">What it was told from, one phrase.</param>
public sealed record TakeoverForecast(TimeSpan? Expected, string Basis)
{
    // One commit and what follows it; only until a takeover of the role was measured.
    private static readonly TimeSpan Deciding = TimeSpan.FromMilliseconds(15);

    private const int Recent = 5;

    /// <summary>The forecast for a role that loses its owner and is taken by <paramref name="to"/>.</summary>
    public static TakeoverForecast OfLoss(ClusterView view, RoleName role, NodeName to)
    {
        var measures = MeasuresOf(view, role);
        if (StartOn(measures, to, IsLoss) is not { } start) return Never(role);
        var wait = view.Placements.TryGetValue(role, out var placement) && placement.Value is { IsFree: false, Owner: { } owner } && view.Leases.TryGetValue(owner, out var lease)
            ? LeaseArithmetic.SilenceNeeded(lease.Value) : TimeSpan.Zero;
        // An owner renews every R, so on average its last renewal was R / 2 before the fault.
        var ahead = wait == TimeSpan.Zero ? TimeSpan.Zero : (TimingProfile.All.FirstOrDefault(profile => profile.Name == view.Settings?.Profile)?.RenewInterval ?? TimeSpan.Zero) / 2;
        var deciding = Median(measures.Where(IsLoss).Select(measure => measure.Whole - measure.Start - wait).OfType<TimeSpan>().Where(rest => rest > TimeSpan.Zero)) ?? Deciding;
        return new(wait - ahead + deciding + start.Took, $"{NodeStanding.Milliseconds(wait)} until a lost lease counts as over, and {start.Basis}");
    }

    /// <summary>The forecast for a role that leaves its owner in good order for <paramref name="to"/>.</summary>
    public static TakeoverForecast OfMove(ClusterView view, RoleName role, NodeName to)
    {
        var measures = MeasuresOf(view, role);
        if (StartOn(measures, to, measure => !IsLoss(measure)) is not { } start) return Never(role);
        var leaving = Median(measures.Where(measure => !IsLoss(measure)).Select(measure => measure.Whole - measure.Start).OfType<TimeSpan>());
        return new((leaving ?? Deciding) + start.Took, leaving is null ? $"{start.Basis}; how long it takes to stop was not measured yet" : $"what leaving took before, and {start.Basis}");
    }

    /// <summary>The same, begun only after something else took so long.</summary>
    public TakeoverForecast After(TimeSpan other) => this with { Expected = Expected + other };

    private static bool IsLoss(TakeoverMeasure measure) => measure.Kind == ChangeKind.NodeLost;

    private static IReadOnlyList<TakeoverMeasure> MeasuresOf(ClusterView view, RoleName role) => view.Statuses.TryGetValue(role, out var status) ? status.Value.Takeovers : [];

    private static TakeoverForecast Never(RoleName role) => new(null, $"{role} has never been started");

    /// <summary>The start on that node in that way if there was one; else on that node, else in that way, else any.</summary>
    private static (TimeSpan Took, string Basis)? StartOn(IReadOnlyList<TakeoverMeasure> measures, NodeName node, Func<TakeoverMeasure, bool> alike)
    {
        var here = measures.Where(measure => measure.To == node).ToList();
        foreach (var (list, where) in new[] { (here.Where(alike), $"on {node}"), (here, $"on {node}"), (measures.Where(alike), "on other nodes"), (measures, "on other nodes") })
        {
            var chosen = list.Take(Recent).ToList();
            if (Median(chosen.Select(measure => measure.Start)) is { } took) return (took, $"{SpokenTime.Count(chosen.Count, "measured start")} {where}");
        }

        return null;
    }

    private static TimeSpan? Median(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Take(Recent).Order().ToList();
        return sorted.Count == 0 ? null : sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
