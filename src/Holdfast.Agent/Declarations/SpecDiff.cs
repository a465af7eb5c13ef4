using System.Collections.Immutable;
using System.Globalization;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Declarations;

/// <summary>Compares two roles path by path.</summary>
public static class SpecDiff
{
    /// <summary>Returns what changes from <paramref name="before"/> to <paramref name="after"/>; a role that is null does not exist.</summary>
    public static IReadOnlyList<SpecChange> Between(RoleSpec? before, RoleSpec? after)
    {
        var (old, now) = (Flatten(before), Flatten(after));
        var changes = new List<SpecChange>();
        foreach (var path in now.Keys.Concat(old.Keys.Where(path => !now.ContainsKey(path))))
        {
            var (was, becomes) = (old.GetValueOrDefault(path), now.GetValueOrDefault(path));
            if (was != becomes) changes.Add(new SpecChange(path, was, becomes));
        }

        return changes;
    }

    private static OrderedDictionary<string, string> Flatten(RoleSpec? role)
    {
        var values = new OrderedDictionary<string, string>();
        if (role is null) return values;

        var root = $"roles.{role.Name}";
        void Add(string path, string value) => values[$"{root}.{path}"] = value;
        if (role.Mode != RoleMode.Single) Add("mode", PolicyText.Format(role.Mode));
        Add("possible-owners", role.PossibleOwners.IsEmpty ? "every member" : List(role.PossibleOwners));
        if (!role.PreferredOwners.IsEmpty) Add("preferred-owners", List(role.PreferredOwners));
        if (!role.Affinity.IsEmpty) Add("affinity", List(role.Affinity));
        if (!role.AntiAffinity.IsEmpty) Add("anti-affinity", List(role.AntiAffinity));
        Add("failback", PolicyText.Format(role.Failback));
        Add("restarts", PolicyText.Format(role.Restarts));
        Add("failovers", PolicyText.Format(role.Failovers));
        Add("quarantine", PolicyText.Format(role.Quarantine));
        Add("start-tier", role.StartTier.ToString(CultureInfo.InvariantCulture));
        Add("priority", role.Priority.ToString(CultureInfo.InvariantCulture));
        Add("weight", role.Weight.ToString(CultureInfo.InvariantCulture));
        Add("desired", PolicyText.Format(role.Desired));

        foreach (var resource in role.Resources)
        {
            var path = $"resources.{resource.Name}";
            Add($"{path}.type", resource.Type);
            foreach (var (name, value) in resource.Properties)
            {
                foreach (var (key, text) in value.Entries ?? ImmutableSortedDictionary<string, string>.Empty) Add($"{path}.{name}.{key}", text);
                if (value.Entries is null) Add($"{path}.{name}", value.Text ?? List(value.Items!.Value));
            }

            if (!resource.DependsOn.IsEmpty) Add($"{path}.depends-on", List(resource.DependsOn));
            Add($"{path}.start-timeout", Durations.Format(resource.StartTimeout));
            Add($"{path}.stop-timeout", Durations.Format(resource.StopTimeout));
            Add($"{path}.desired", PolicyText.Format(resource.Desired));
            if (resource.NonCritical) Add($"{path}.critical", "false");
            if (resource.Idle is { } idle) Add($"{path}.idle", Describe(idle));
            if (resource.RestartRequests != 0) Add($"{path}.restart-requests", resource.RestartRequests.ToString(CultureInfo.InvariantCulture));
            for (var i = 0; i < resource.Probes.Length; i++) Add($"{path}.probes[{i}]", Describe(resource.Probes[i]));
        }

        return values;
    }

    private static string Describe(ProbeSpec probe) => string.Create(CultureInfo.InvariantCulture,
        $"{ProbeKeys.Of(probe.Kind)} {probe.Target ?? List(probe.Command)}{(ProbeKeys.Of(probe.Purpose) is { } purpose ? $" for {purpose}" : "")}, every {Durations.Format(probe.Interval)}, timeout {Durations.Format(probe.Timeout)}, threshold {probe.Threshold}");

    private static string List<T>(IEnumerable<T> items) => $"[{string.Join(", ", items)}]";
}
