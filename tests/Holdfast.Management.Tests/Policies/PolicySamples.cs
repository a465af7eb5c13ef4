using System.Collections.Immutable;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Tests.Policies;

/// <summary>A small cluster and a policy for it.</summary>
internal static class PolicySamples
{
    public static PolicyVault Office { get; } = new("office", "/srv/vault", "/etc/holdfast/vault.key");

    public static PolicyVault Far { get; } = new("far", "rest:https://far.example:8000/", "/etc/holdfast/far.key");

    public static PolicyInventory Inventory { get; } = new(
        [new("a", true), new("b", true), new("w", false)], ["files", "db"],
        [
            new(ThingKind.Volume, "/", "a", null, ["/"], "ext4"), new(ThingKind.Volume, "/scratch", "a", null, ["/scratch"], "xfs"), new(ThingKind.Volume, "/", "b", null, ["/"], "ext4"),
            new(ThingKind.SharedVolume, "projects", null, "files", ["/srv/projects"], "xfs"),
        ]);

    public static Policy Gold { get; } = new()
    {
        Name = "gold", User = "root", Things = [new() { Kind = ThingKind.Tree, Name = "/srv/data", With = "files" }], Vaults = ["office"], Schedule = new() { When = "every 1h" },
        Retention = new() { Keep = Map(("daily", "7"), ("weekly", "4")), Delay = "7d" },
        Verification = new() { CheckWhen = "0 4 * * 6", CheckRead = "10%", ProofWhen = "0 5 * * 6", Scratch = "/srv/scratch", MaxAge = TimeSpan.FromDays(14) }, Rpo = TimeSpan.FromHours(2), Rto = TimeSpan.FromHours(4),
    };

    public static CompiledPolicy Compile(Policy policy) => PolicyCompiler.Compile(policy, [Office, Far], Inventory);

    /// <summary>The roles of a cluster in which a policy was applied.</summary>
    public static RoleSpec[] Applied(Policy policy) => [.. Compile(policy).Jobs.Select(job => job.Role)];

    /// <summary>What a schedule says besides when, a text each.</summary>
    public static ImmutableSortedDictionary<string, PropertyValue> Rules(params (string Key, string Text)[] rules) => rules.ToImmutableSortedDictionary(rule => rule.Key, rule => PropertyValue.Of(rule.Text), StringComparer.Ordinal);

    public static ImmutableSortedDictionary<string, string> Map(params (string Key, string Value)[] entries) => entries.ToImmutableSortedDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
}
