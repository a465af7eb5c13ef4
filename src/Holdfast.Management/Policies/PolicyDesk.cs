using System.Collections.Immutable;
using Holdfast.Agent.Api;
using Holdfast.Agent.Declarations;
using Holdfast.Cluster;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Collecting;
using Holdfast.Management.Hosting;
using Holdfast.Management.Link;
using Holdfast.Management.Machines;
using Holdfast.Management.People;
using Holdfast.Management.Vaults;

namespace Holdfast.Management.Policies;

/// <summary>The policies: kept as documents, and as the jobs that they are compiled into. The jobs are roles of the cluster, so protection goes on without this service.</summary>
internal sealed class PolicyDesk(AgentLink agent, Documents documents, ClusterFollower follower, MachineWatch machines, VaultDesk vaults)
{
    private const string Document = "policies";

    /// <summary>Gets every policy.</summary>
    public ImmutableArray<Policy> All => documents.Find(Document, PolicyJson.Default.PoliciesRecord)?.Policies ?? [];

    /// <summary>A policy.</summary>
    /// <exception cref="HoldfastException">Code <c>policy.not-found</c>.</exception>
    public Policy Require(string name) => All.FirstOrDefault(policy => policy.Name == name)
        ?? throw new HoldfastException(ErrorKind.NotFound, "policy.not-found", $"There is no policy {name}.", "GET /api/v1/policies lists them.");

    /// <summary>A policy with the things that it protects and its jobs, as things are now.</summary>
    public CompiledPolicy Compile(Policy policy) => PolicyCompiler.Compile(policy, vaults.ForPolicies, machines.Inventory());

    /// <summary>What a policy would change.</summary>
    public async Task<PolicyPreview> PreviewAsync(Policy policy, CancellationToken cancellationToken) => PolicyPlan.Preview(Compile(policy), await JobsAsync(cancellationToken));

    /// <summary>Takes a policy: checked whole, kept, and its jobs brought to what it says.</summary>
    /// <exception cref="HoldfastException">Code <c>policy.invalid</c>, naming every mistake; or what applying its jobs says.</exception>
    public async Task<PolicyPreview> PutAsync(string name, Policy policy, Person by, CancellationToken cancellationToken)
    {
        if (policy.Name != name) throw new HoldfastException(ErrorKind.Invalid, "policy.invalid", $"name: is '{policy.Name}', and the address names '{name}'.", "Nothing was changed.");
        var preview = await PreviewAsync(policy, cancellationToken);
        if (!preview.Problems.IsEmpty)
            throw new HoldfastException(ErrorKind.Invalid, "policy.invalid", string.Join('\n', preview.Problems.Select(problem => problem.ToString())), "Nothing was changed.");
        var yaml = YamlOf(preview);
        if (yaml.Length > 0) await agent.SendTextAsync("v1/apply?dryRun=true", yaml, ApiJson.Default.ApplyResponse, by.Caller, cancellationToken); // Whole or not at all.
        await documents.ChangeAsync(Document, PolicyJson.Default.PoliciesRecord, record => new PoliciesRecord([.. (record?.Policies ?? []).Where(other => other.Name != name), policy]), by.Did($"set policy {name}"), cancellationToken);
        await CarryOutAsync(preview, by, cancellationToken);
        return preview;
    }

    /// <summary>Removes a policy and retires its jobs; its snapshots stay.</summary>
    /// <exception cref="HoldfastException">Code <c>policy.not-found</c>.</exception>
    public async Task RemoveAsync(string name, Person by, CancellationToken cancellationToken)
    {
        Require(name);
        var preview = PolicyPlan.Deletion(name, await JobsAsync(cancellationToken));
        await documents.ChangeAsync(Document, PolicyJson.Default.PoliciesRecord, record => new PoliciesRecord([.. (record?.Policies ?? []).Where(other => other.Name != name)]), by.Did($"removed policy {name}"), cancellationToken);
        await CarryOutAsync(preview, by, cancellationToken);
    }

    /// <summary>The jobs that are roles of the cluster now.</summary>
    public async Task<IReadOnlyList<RoleSpec>> JobsAsync(CancellationToken cancellationToken)
    {
        List<RoleSpec> jobs = [];
        foreach (var role in (follower.Status?.Roles ?? []).Where(role => role.Resources.Any(resource => resource.Type == "job")))
        {
            try
            {
                var detail = await agent.GetAsync($"v1/roles/{role.Name}", ApiJson.Default.RoleDetail, cancellationToken);
                jobs.AddRange(DeclarationReader.Read(detail.Declaration, role.Name, null).Roles);
            }
            catch (HoldfastException gone) when (gone.Kind == ErrorKind.NotFound)
            {
                // Deleted since the cluster was looked at.
            }
        }

        return jobs;
    }

    /// <summary>The policy and the thing that a job is for; null for one that somebody wrote by hand.</summary>
    public JobOrigin? OriginOf(string job) => All.Select(policy => Compile(policy)).SelectMany(compiled => compiled.Jobs.Select(made => (compiled.Policy, made)))
        .Where(made => made.made.Name == job).Select(made => new JobOrigin(made.Policy, made.made.Thing)).FirstOrDefault();

    private async Task CarryOutAsync(PolicyPreview preview, Person by, CancellationToken cancellationToken)
    {
        if (YamlOf(preview) is { Length: > 0 } yaml) await agent.SendTextAsync("v1/apply", yaml, ApiJson.Default.ApplyResponse, by.Caller, cancellationToken);
        foreach (var job in preview.Jobs.Where(job => job.Action == "delete")) await agent.ActAsync(HttpMethod.Delete, $"v1/roles/{job.Name}", by.Caller, cancellationToken);
    }

    private static string YamlOf(PolicyPreview preview) => string.Join("\n---\n", preview.Jobs.Where(job => job.Action is "create" or "update").Select(job => job.Declaration));
}
