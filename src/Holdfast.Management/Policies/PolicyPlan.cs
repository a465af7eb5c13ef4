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

        // What a mistake keeps from being compiled is not gone: nothing retires because of one.
        if (compiled.Problems.IsEmpty)
        {
            foreach (var gone in Retiring(compiled.Policy, [.. compiled.Jobs.Select(job => job.Name)], existing))
            {
                diff.Add($"- roles.{gone.Name}");
                jobs.Add(new(gone.Name.Value, "retire", null, ThingOf(gone), null, null));
            }
        }

        if (jobs.Any(job => job.Action == "retire")) warnings.Add(new("", "Snapshots of the jobs that retire stay in their vaults, and no rule removes them any more."));
        return new([.. problems], [.. warnings], string.Join('\n', diff), [.. jobs.OrderBy(job => job.Name, StringComparer.Ordinal)]);
    }

    /// <summary>What deleting a policy changes: all of its jobs retire.</summary>
    public static PolicyPreview Deletion(string policy, IReadOnlyCollection<RoleSpec> existing) => Preview(new CompiledPolicy(policy, [], [], [], []), existing);

    /// <summary>
    /// The part of a preview that may be applied without a person: jobs of things that came to be. Nothing retires and nothing changes because a machine that is away told less.
    /// </summary>
    public static ImmutableArray<PolicyJobChange> ByItself(PolicyPreview preview) => preview.Problems.IsEmpty ? [.. preview.Jobs.Where(job => job.Action == "create")] : [];

    private static IEnumerable<RoleSpec> Retiring(string policy, HashSet<string> wanted, IReadOnlyCollection<RoleSpec> existing) =>
        existing.Where(role => PolicyOf(role) == policy && !wanted.Contains(role.Name.Value) && !role.Deleting);

    /// <summary>The role as it would be stored: maintenance and what else is no part of a declaration stays.</summary>
    private static RoleSpec Over(RoleSpec? present, RoleSpec declared) =>
        new DeclarationResult([declared], [], new HashSet<string> { $"roles.{declared.Name}.desired" }).Over(present, declared);

    private static ResourceSpec? JobOf(RoleSpec role) => role.Resources.FirstOrDefault(resource => resource.Type == JobResourceType.TypeName);
}
