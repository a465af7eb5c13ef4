using System.Collections.Immutable;
using Holdfast.Agent.Declarations;
using Holdfast.Agent.Jobs;
using Holdfast.Agent.Resources;
using Holdfast.Cluster.Roles;

namespace Holdfast.Management.Policies;

/// <summary>What applying a compiled policy changes: pure.</summary>
public static class PolicyPlan
{
    /// <summary>The policy that made a job; null for a role that none made.</summary>
    public static string? PolicyOf(RoleSpec role) => JobOf(role)?.Text("policy");

    /// <summary>The key of the thing that a job of a policy is about; null when it is about none.</summary>
    public static string? ThingOf(RoleSpec role) => JobOf(role)?.Text("thing");

    /// <summary>Compares with the jobs that there are.</summary>
    /// <param name="compiled">What shall be.</param>
    /// <param name="existing">Every role of the cluster; those that the policy made are found among them.</param>
    /// <returns>The preview. A job that retires is deleted; its snapshots stay, and nothing prunes them any more.</returns>
    public static PolicyPreview Preview(CompiledPolicy compiled, IReadOnlyCollection<RoleSpec> existing)
    {
        var byName = existing.ToDictionary(role => role.Name.Value);
        var problems = compiled.Problems.ToList();
        var warnings = compiled.Warnings.ToList();
        var jobs = new List<PolicyJobChange>();
        var diff = new List<string>();
        foreach (var job in compiled.Jobs)
        {
            var present = byName.GetValueOrDefault(job.Name);
            if (present is not null && PolicyOf(present) != compiled.Policy)
                problems.Add(new("name", $"makes a job {job.Name}, and there is a role of that name that this policy did not make; rename one of them."));
            var changes = SpecDiff.Between(present, Over(present, job.Role));
            diff.AddRange(changes.Select(change => change.ToString()));
            jobs.Add(new(job.Name, present is null ? "create" : changes.Count == 0 ? "unchanged" : "update", job.Purpose, job.Thing, job.Vault, job.Declaration));
        }

        // What a mistake keeps from being compiled is not gone: nothing retires because of one, nor because of a machine that is away and told nobody what it has.
        if (compiled.Problems.IsEmpty)
        {
            foreach (var gone in Left(compiled.Policy, [.. compiled.Jobs.Select(job => job.Name)], existing))
            {
                var thing = ThingOf(gone);
                var stays = IsUntold(compiled, thing);
                if (!stays) diff.Add($"- roles.{gone.Name}");
                jobs.Add(new(gone.Name.Value, stays ? "unchanged" : "retire", null, thing, null, null));
            }
        }

        if (jobs.Any(job => job.Action == "retire")) warnings.Add(new("", "Snapshots of the jobs that retire stay in their vaults, and no rule removes them any more."));
        return new([.. problems], [.. warnings], string.Join('\n', diff), [.. jobs.OrderBy(job => job.Name, StringComparer.Ordinal)]);
    }

    /// <summary>What deleting a policy changes: all of its jobs retire.</summary>
    public static PolicyPreview Deletion(string policy, IReadOnlyCollection<RoleSpec> existing) => Preview(new CompiledPolicy(policy, [], [], [], []), existing);

    /// <summary>
    /// The part of what a policy changes that may be applied without a person: jobs of things that came to be, as their machine says itself and not what was kept of it. Nothing retires and nothing
    /// changes because a machine that is away told less.
    /// </summary>
    public static ImmutableArray<PolicyJobChange> ByItself(CompiledPolicy compiled, IReadOnlyCollection<RoleSpec> existing) =>
        Preview(compiled, existing) is { Problems.IsEmpty: true } preview ? [.. preview.Jobs.Where(job => job.Action == "create" && !IsUntold(compiled, job.Thing))] : [];

    private static bool IsUntold(CompiledPolicy compiled, string? thing) => thing is not null && compiled.Untold.Any(untold => untold.Covers(thing));

    private static IEnumerable<RoleSpec> Left(string policy, HashSet<string> wanted, IReadOnlyCollection<RoleSpec> existing) =>
        existing.Where(role => PolicyOf(role) == policy && !wanted.Contains(role.Name.Value) && !role.Deleting);

    /// <summary>The role as it would be stored: maintenance and what else is no part of a declaration stays.</summary>
    private static RoleSpec Over(RoleSpec? present, RoleSpec declared) =>
        new DeclarationResult([declared], [], new HashSet<string> { $"roles.{declared.Name}.desired" }).Over(present, declared);

    private static ResourceSpec? JobOf(RoleSpec role) => role.Resources.FirstOrDefault(resource => resource.Type == JobResourceType.TypeName);
}
