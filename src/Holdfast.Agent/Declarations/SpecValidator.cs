using Holdfast.Agent.Probes;
using Holdfast.Agent.Resources;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Declarations;

/// <summary>Checks everything about a role that needs no node, wherever the role came from. All mistakes at once.</summary>
public static class SpecValidator
{
    /// <summary>What every resource has, beside the properties of its type.</summary>
    internal static readonly string[] CommonKeys = ["type", "depends-on", "probes", "idle", "critical", "start-timeout", "stop-timeout", "desired"];

    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>Returns all mistakes.</summary>
    /// <param name="role">The role.</param>
    /// <param name="nodes">The nodes that can own roles; null when they are not known here.</param>
    public static IReadOnlyList<SpecProblem> Validate(RoleSpec role, IReadOnlyCollection<NodeName>? nodes)
    {
        var problems = new List<SpecProblem>();
        var root = $"roles.{role.Name}";
        CheckOwners(role, nodes, root, problems);
        CheckEverywhere(role, root, problems);
        CheckAffinities(role, root, problems);
        CheckPolicies(role, root, problems);

        foreach (var twin in role.Resources.GroupBy(resource => resource.Name).Where(group => group.Count() > 1))
            problems.Add(new($"{root}.resources.{twin.Key}", $"there are {twin.Count()} resources of this name; names are unique inside a role."));
        foreach (var resource in role.Resources) CheckResource(role, resource, $"{root}.resources.{resource.Name}", problems);

        if (FindCycle(role) is { } cycle)
            problems.Add(new($"{root}.resources.{cycle[0]}.depends-on", $"the dependencies go round in a circle: {string.Join(" → ", cycle)}; remove one of them."));
        return problems;
    }

    private static void CheckOwners(RoleSpec role, IReadOnlyCollection<NodeName>? nodes, string root, List<SpecProblem> problems)
    {
        foreach (var (key, owners) in ((string, IReadOnlyList<NodeName>)[])[("possible-owners", role.PossibleOwners), ("preferred-owners", role.PreferredOwners)])
        {
            foreach (var twice in owners.GroupBy(owner => owner).Where(group => group.Count() > 1).Select(group => group.Key))
                problems.Add(new($"{root}.{key}", $"names {twice} more than once."));
            foreach (var stranger in owners.Distinct().Where(owner => nodes is not null && !nodes.Contains(owner)))
                problems.Add(new($"{root}.{key}", NearestName.Sentence("node", stranger.Value, nodes!.Select(node => node.Value))));
        }

        if (role.PossibleOwners.IsEmpty) return;
        foreach (var outsider in role.PreferredOwners.Distinct().Except(role.PossibleOwners))
            problems.Add(new($"{root}.preferred-owners", $"{outsider} is preferred but not a possible owner; add it to possible-owners or remove it here."));
    }

    /// <summary>What has one place, or is chosen between places, has no meaning for a role that is in all of them.</summary>
    private static void CheckEverywhere(RoleSpec role, string root, List<SpecProblem> problems)
    {
        if (role.Mode != RoleMode.Everywhere) return;

        (string Key, bool Given)[] singular =
        [
            ("preferred-owners", !role.PreferredOwners.IsEmpty), ("affinity", !role.Affinity.IsEmpty), ("anti-affinity", !role.AntiAffinity.IsEmpty), ("failback", role.Failback != Failback.Never),
        ];
        foreach (var (key, _) in singular.Where(policy => policy.Given))
            problems.Add(new($"{root}.{key}", "is for a role that is on one node at a time; this one runs everywhere. Remove it, or mode: everywhere."));
        foreach (var resource in role.Resources.Where(resource => resource.Type is "ip-address" or "disk" or "network-name" or "file-share"))
            problems.Add(new($"{root}.resources.{resource.Name}.type", $"is {resource.Type}, which can be on one node only; this role runs everywhere."));
    }

    private static void CheckAffinities(RoleSpec role, string root, List<SpecProblem> problems)
    {
        foreach (var (key, others) in ((string, IReadOnlyList<Affinity>)[])[("affinity", role.Affinity), ("anti-affinity", role.AntiAffinity)])
        {
            foreach (var twice in others.GroupBy(other => other.Role).Where(group => group.Count() > 1).Select(group => group.Key))
                problems.Add(new($"{root}.{key}", $"names {twice} more than once."));
            if (others.Any(other => other.Role == role.Name)) problems.Add(new($"{root}.{key}", "names the role itself."));
        }

        foreach (var torn in role.Affinity.Select(other => other.Role).Intersect(role.AntiAffinity.Select(other => other.Role)))
            problems.Add(new($"{root}.anti-affinity", $"names {torn}, and so does affinity; remove one of them."));
    }

    private static void CheckPolicies(RoleSpec role, string root, List<SpecProblem> problems)
    {
        var failback = role.Failback;
        if (failback.Policy == FailbackPolicy.Window)
        {
            if (failback.From is null || failback.To is null) problems.Add(new($"{root}.failback", "the window has no times; write window 02:00-04:00 (UTC)."));
            else if (failback.From == failback.To) problems.Add(new($"{root}.failback", "the window is empty: it ends when it starts."));
        }
        else if (failback.From is not null || failback.To is not null)
        {
            problems.Add(new($"{root}.failback", "has times, but only window takes times."));
        }

        if (failback.Policy == FailbackPolicy.WhenIdle && role.Resources.All(resource => resource.Idle is null))
            problems.Add(new($"{root}.failback", "is when-idle, but no resource can tell; give one of them an idle probe, such as idle: { command: [/usr/local/bin/nobody-uses-it] }."));
        if (role.Quarantine is { } quarantine) CheckDuration(quarantine, TimeSpan.FromMinutes(1), Longest, $"{root}.quarantine", "it", problems);
        if (role.Resources.Length > 0 && role.Resources.All(resource => resource.NonCritical)) problems.Add(new($"{root}.resources", "none of them is critical, so the role could never fail; leave out critical: false of at least one."));

        void CheckBudget(Budget budget, string key)
        {
            CheckRange(budget.Count, 0, 1000, $"{root}.{key}", "the count", problems);
            CheckDuration(budget.Period, TimeSpan.FromSeconds(1), Longest, $"{root}.{key}", "the period", problems);
        }

        CheckBudget(role.Restarts, "restarts");
        CheckBudget(role.Failovers, "failovers");
        CheckRange(role.StartTier, 0, 1000, $"{root}.start-tier", "it", problems);
        CheckRange(role.Priority, -1000, 1000, $"{root}.priority", "it", problems);
        CheckRange(role.Weight, 0, 1000, $"{root}.weight", "it", problems);
    }

    private static void CheckResource(RoleSpec role, ResourceSpec resource, string path, List<SpecProblem> problems)
    {
        CheckDuration(resource.StartTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1), $"{path}.start-timeout", "it", problems);
        CheckDuration(resource.StopTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1), $"{path}.stop-timeout", "it", problems);
        foreach (var twice in resource.DependsOn.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key))
            problems.Add(new($"{path}.depends-on", $"names {twice} more than once."));
        foreach (var unknown in resource.DependsOn.Distinct().Where(name => role.Resources.All(other => other.Name != name)))
            problems.Add(new($"{path}.depends-on", NearestName.Sentence("resource", unknown.Value, role.Resources.Where(other => other.Name != resource.Name).Select(other => other.Name.Value))));
        if (resource.Idle is { } idle) CheckProbe(idle, $"{path}.idle", problems);
        foreach (var shaky in role.Resources.Where(other => !resource.NonCritical && other.NonCritical && resource.DependsOn.Contains(other.Name)))
            problems.Add(new($"{path}.depends-on", $"it is critical and depends on {shaky.Name}, which is not; make that critical too, or this one not."));
        for (var i = 0; i < resource.Probes.Length; i++) CheckProbe(resource.Probes[i], $"{path}.probes[{i}]", problems);

        if (!ResourceTypes.TryFind(resource.Type, out var type)) problems.Add(new($"{path}.type", ResourceTypes.Unknown(resource.Type)));
        else if (CheckProperties(type, resource, path, problems)) problems.AddRange(type.Validate(role, resource));
    }

    /// <summary>Whether the properties are known, complete and of the right shape, so that the type may look at their values.</summary>
    private static bool CheckProperties(IResourceType type, ResourceSpec resource, string path, List<SpecProblem> problems)
    {
        var isReadable = true;
        foreach (var (name, value) in resource.Properties)
        {
            if (type.Properties.FirstOrDefault(rule => rule.Name == name) is not { } rule)
            {
                var near = NearestName.Of(name, type.Properties.Select(known => known.Name).Concat(CommonKeys));
                problems.Add(new($"{path}.{name}", near is not null
                    ? $"resource type {type.Name} has no property '{name}'; did you mean '{near}'?"
                    : $"resource type {type.Name} has no property '{name}'; it has {string.Join(", ", type.Properties.Select(known => known.Name))}."));
                continue;
            }

            var isRightShape = rule.Shape switch
            {
                PropertyShape.Text => value.Text is not null,
                PropertyShape.List or PropertyShape.Phrases => value.Text is not null || value.Items is not null,
                _ => value.Entries is not null,
            };
            if (!isRightShape)
            {
                isReadable = false;
                problems.Add(new($"{path}.{name}", rule.Shape switch
                {
                    PropertyShape.Text => "must be one text.",
                    PropertyShape.List or PropertyShape.Phrases => "must be a list of texts.",
                    _ => "must be a map of texts.",
                }));
            }
        }

        foreach (var missing in type.Properties.Where(rule => rule.Required && !resource.Properties.ContainsKey(rule.Name)))
        {
            isReadable = false;
            problems.Add(new($"{path}.{missing.Name}", $"is missing. {missing.Help}"));
        }

        return isReadable;
    }

    private static void CheckProbe(ProbeSpec probe, string path, List<SpecProblem> problems)
    {
        var key = ProbeKeys.Of(probe.Kind);
        if (probe.Kind == ProbeKind.Command && probe.Command.IsEmpty) problems.Add(new($"{path}.{key}", "is empty; give the program and its arguments."));
        if (probe.Kind != ProbeKind.Command && ProbeTarget.WhyInvalid(probe.Kind, probe.Target ?? "") is { } reason) problems.Add(new($"{path}.{key}", reason));
        CheckDuration(probe.Interval, TimeSpan.FromMilliseconds(20), TimeSpan.FromHours(1), $"{path}.interval", "it", problems);
        CheckDuration(probe.Timeout, TimeSpan.FromMilliseconds(20), TimeSpan.FromMinutes(10), $"{path}.timeout", "it", problems);
        CheckRange(probe.Threshold, 1, 1000, $"{path}.threshold", "it", problems);
    }

    private static void CheckRange(int value, int least, int most, string path, string what, List<SpecProblem> problems)
    {
        if (value < least || value > most) problems.Add(new(path, $"is {value}; {what} must be from {least} to {most}."));
    }

    private static void CheckDuration(TimeSpan value, TimeSpan least, TimeSpan most, string path, string what, List<SpecProblem> problems)
    {
        if (value < least || value > most) problems.Add(new(path, $"is {Durations.Format(value)}; {what} must be from {Durations.Format(least)} to {Durations.Format(most)}."));
    }

    private static List<ResourceName>? FindCycle(RoleSpec role)
    {
        var done = new HashSet<ResourceName>();
        var trail = new List<ResourceName>();

        List<ResourceName>? Visit(ResourceName name)
        {
            if (trail.IndexOf(name) is var start and >= 0) return [.. trail[start..], name];
            if (!done.Add(name) || role.Resources.FirstOrDefault(resource => resource.Name == name) is not { } resource) return null;

            trail.Add(name);
            foreach (var dependency in resource.DependsOn)
            {
                if (Visit(dependency) is { } cycle) return cycle;
            }

            trail.RemoveAt(trail.Count - 1);
            return null;
        }

        return role.Resources.Select(resource => Visit(resource.Name)).FirstOrDefault(cycle => cycle is not null);
    }
}
