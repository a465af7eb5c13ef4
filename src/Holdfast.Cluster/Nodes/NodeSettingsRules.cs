using System.Collections.Immutable;
using System.Globalization;
using Holdfast.Cluster.Leases;

namespace Holdfast.Cluster.Nodes;

/// <summary>What the settings of a node may say, and what they mean: pure.</summary>
public static class NodeSettingsRules
{
    private const int LongestDescription = 200;
    private const int MostJobs = 100;
    private const long LeastBandwidth = 1L << 10;
    private const long MostBandwidth = 1L << 40;
    private const int MostPercent = 50; // It is well again with half as much again, which has to be possible.
    private const int LeastMilliseconds = 50;

    private static readonly ImmutableArray<string> OfEveryNode = ["description", "diskFreePercent", "memoryFreePercent", "storeMilliseconds"];
    private static readonly ImmutableArray<string> OfWorkers = ["description", "jobs", "bandwidth", "diskFreePercent", "memoryFreePercent", "storeMilliseconds"];

    /// <summary>The names of what can be set of a node of some kind.</summary>
    public static ImmutableArray<string> NamesOf(NodeKind kind) => kind == NodeKind.Witness ? OfEveryNode : OfWorkers;

    /// <summary>What holds where nothing is set, as far as it is a number: what is null there has no limit.</summary>
    public static NodeSettings DefaultsOf(NodeKind kind, TimingProfile profile)
    {
        var limits = HealthLimits.Of(NodeSettings.None, LeaseOf(kind, profile));
        return new() { DiskFreePercent = Percent(limits.Disk), MemoryFreePercent = Percent(limits.Memory), StoreMilliseconds = (int)limits.Store.TotalMilliseconds };
    }

    /// <summary>Returns all mistakes, each with the name of the setting.</summary>
    /// <param name="profile">The cluster's timing: nobody could be given longer for a renewal than its leases allow.</param>
    public static ImmutableArray<(string Name, string Message)> Validate(NodeSettings settings, NodeKind kind, TimingProfile profile)
    {
        var problems = ImmutableArray.CreateBuilder<(string, string)>();
        if (settings.Description is { } text && (text.Length > LongestDescription || text.Any(char.IsControl)))
            problems.Add(("description", text.Length > LongestDescription ? $"has {text.Length} characters; {LongestDescription} are the most." : "has a line break or another control character; it is one line."));
        Within("jobs", settings.Jobs, 1, MostJobs);
        Within("bandwidth", settings.Bandwidth, LeastBandwidth, MostBandwidth, " bytes a second");
        Within("diskFreePercent", settings.DiskFreePercent, 1, MostPercent);
        Within("memoryFreePercent", settings.MemoryFreePercent, 1, MostPercent);
        Within("storeMilliseconds", settings.StoreMilliseconds, LeastMilliseconds, DefaultsOf(kind, profile).StoreMilliseconds!.Value, ", half a lease");
        if (kind == NodeKind.Witness)
        {
            foreach (var name in new[] { settings.Jobs is null ? null : "jobs", settings.Bandwidth is null ? null : "bandwidth" }.OfType<string>()) problems.Add((name, "means nothing to a witness, which runs no jobs."));
        }

        return problems.ToImmutable();

        void Within(string name, long? value, long least, long most, string unit = "")
        {
            if (value < least || value > most) problems.Add((name, $"is {value}; it must be from {least} to {most}{unit}."));
        }
    }

    /// <summary>What changes between two settings, one clause; empty when nothing does.</summary>
    public static string Difference(NodeSettings before, NodeSettings after) =>
        string.Join(", ", Texts(before).Zip(Texts(after)).Where(pair => pair.First.Value != pair.Second.Value).Select(pair => $"{pair.First.Name} {pair.Second.Value ?? "as by default"} (was {pair.First.Value ?? "as by default"})"));

    /// <summary>Every setting with its value as a text; null for what is not set.</summary>
    public static IEnumerable<(string Name, string? Value)> Texts(NodeSettings settings) =>
    [
        ("description", settings.Description), ("jobs", Text(settings.Jobs)), ("bandwidth", Text(settings.Bandwidth)),
        ("diskFreePercent", Text(settings.DiskFreePercent)), ("memoryFreePercent", Text(settings.MemoryFreePercent)), ("storeMilliseconds", Text(settings.StoreMilliseconds)),
    ];

    /// <summary>How many bytes a second a run may send that its job and its node limit: the smaller one counts.</summary>
    public static long? Bandwidth(long? ofJob, long? ofNode) => ofJob is { } job && ofNode is { } node ? Math.Min(job, node) : ofJob ?? ofNode;

    private static TimeSpan LeaseOf(NodeKind kind, TimingProfile profile) => (kind == NodeKind.Client ? TimingProfile.Client : profile).LeaseDuration;

    private static int Percent(double part) => (int)Math.Round(part * 100);

    private static string? Text(long? value) => value?.ToString(CultureInfo.InvariantCulture);
}
