using System.Collections.Immutable;
using Holdfast.Agent.Declarations;
using Holdfast.Cli.Output;
using Holdfast.Management.Compliance;
using Holdfast.Management.Policies;

namespace Holdfast.Cli.Policies;

/// <summary>Policies for people.</summary>
internal static class PolicyTables
{
    public static void WriteList(ImmutableArray<Policy> policies, Report report)
    {
        if (policies.IsEmpty)
        {
            report.Line("No policies yet. Declare one with 'kind: Policy': holdfast apply -f policy.yaml");
            return;
        }

        var table = new TextTable("POLICY", "STATE", "WHEN", "VAULTS", "RPO", "THINGS");
        foreach (var policy in policies)
        {
            table.Row(
                policy.Name, policy.Suspended ? "suspended" : "active", policy.Schedule.When, string.Join(", ", policy.Vaults), policy.Rpo is { } rpo ? Durations.Format(rpo) : Phrases.Nothing,
                string.Join(", ", policy.Things.Select(thing => $"{ProtectedThing.KindWord(thing.Kind)} {thing.Name}")));
        }

        table.Write(report.Out, report.Palette, report.Width);
    }

    public static void WriteThings(ImmutableArray<ThingCompliance> things, Report report)
    {
        report.Line();
        if (things.IsEmpty)
        {
            report.Line("Nothing of it was judged yet.");
            return;
        }

        var table = new TextTable("THING", "STATE", "BECAUSE");
        foreach (var thing in things) table.Row(thing.Key, thing.State.ToString().ToLowerInvariant(), thing.Sentence);
        table.Write(report.Out, report.Palette, report.Width);
    }

    public static void WritePreview(string policy, PolicyPreview preview, Report report)
    {
        report.Line($"Policy {policy}:");
        foreach (var problem in preview.Problems) report.Line($"  {report.Palette.Removed("mistake")}: {problem}");
        foreach (var warning in preview.Warnings) report.Line($"  note: {warning}");
        foreach (var job in preview.Jobs) report.Line($"  {job.Action} {job.Name}{(job.Purpose is { } purpose ? $" ({purpose}{(job.Thing is { } thing ? $" of {thing}" : "")} to {job.Vault})" : "")}");
        foreach (var line in preview.Diff.Split('\n', StringSplitOptions.RemoveEmptyEntries)) report.Line($"    {line}");
    }
}
