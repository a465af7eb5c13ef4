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
    private readonly PolicyBook _book = new();

    /// <summary>Gets every policy.</summary>
    public ImmutableArray<Policy> All => documents.Find(Document, PolicyJson.Default.PoliciesRecord)?.Policies ?? [];

    /// <summary>A policy.</summary>
    /// <exception cref="HoldfastException">Code <c>policy.not-found</c>.</exception>
    public Policy Require(string name) => All.FirstOrDefault(policy => policy.Name == name)
        ?? throw new HoldfastException(ErrorKind.NotFound, "policy.not-found", $"There is no policy {name}.", "GET /api/v1/policies lists them.");

    /// <summary>A policy with the things that it protects and its jobs, as things are now.</summary>
    public CompiledPolicy Compile(Policy policy) => Edition is var edition && edition.Compiled.TryGetValue(policy, out var compiled) ? compiled : PolicyCompiler.Compile(policy, edition.Vaults, edition.Inventory);

    /// <summary>What a policy would change.</summary>
    public async Task<PolicyPreview> PreviewAsync(Policy policy, CancellationToken cancellationToken)
    {
        var roles = await RolesAsync(cancellationToken); // First: from then on the cluster was seen, and the inventory is not empty for want of that.
        return PolicyPlan.Preview(Compile(policy), roles);
    }

    /// <summary>Takes a policy: checked whole, kept, and its jobs brought to what it says.</summary>
    /// <exception cref="HoldfastException">Code <c>policy.invalid</c>, naming every mistake; or what applying its jobs says.</exception>
    public async Task<PolicyPreview> PutAsync(string name, Policy policy, Person by, CancellationToken cancellationToken)
    {
        if (policy.Name != name) throw new HoldfastException(ErrorKind.Invalid, "policy.invalid", $"name: is '{policy.Name}', and the address names '{name}'.", "Nothing was changed.");
        var batch = new PolicyBatch([policy], [await PreviewAsync(policy, cancellationToken)], "");
        batch.ThrowIfInvalid(named: false);
        await TakeAsync(batch, by, cancellationToken);
        return batch.Previews[0];
    }

    /// <summary>Takes a declaration, which may have policies in it. Policies, their jobs, and the roles, jobs and calendars beside them are checked as one before anything changes.</summary>
    /// <exception cref="HoldfastException">Codes <c>declaration.invalid</c>, <c>policy.invalid</c>, naming every mistake; or what applying it says.</exception>
    public async Task<ApplyResponse> ApplyAsync(string yaml, Person by, CancellationToken cancellationToken)
    {
        if (await BatchAsync(yaml, cancellationToken) is not { } batch) return await ApplyAsync(yaml, dryRun: false, by.Caller, cancellationToken);
        var changes = batch.Changes(All);
        return Told(batch, changes, await TakeAsync(batch, by, cancellationToken));
    }

    /// <summary>What applying a declaration would change.</summary>
    /// <param name="caller">Who asks, as the node is told; null for the service itself.</param>
    /// <exception cref="HoldfastException">What <see cref="ApplyAsync(string, Person, CancellationToken)"/> would say of it.</exception>
    public async Task<ApplyResponse> WouldApplyAsync(string yaml, string? caller, CancellationToken cancellationToken) =>
        await BatchAsync(yaml, cancellationToken) is { } batch ? Told(batch, batch.Changes(All), await TryAsync(batch, caller, cancellationToken)) : await ApplyAsync(yaml, dryRun: true, caller, cancellationToken);

    /// <summary>The policies of a declaration.</summary>
    /// <exception cref="HoldfastException">Code <c>declaration.invalid</c>.</exception>
    public static ImmutableArray<Policy> PoliciesIn(string yaml) => PolicyDocuments.Of(yaml) is { Policies.Length: > 0 } documents ? Read(documents) : [];

    /// <summary>Removes a policy and retires its jobs; its snapshots stay.</summary>
    /// <exception cref="HoldfastException">Code <c>policy.not-found</c>.</exception>
    public async Task RemoveAsync(string name, Person by, CancellationToken cancellationToken)
    {
        Require(name);
        var preview = PolicyPlan.Deletion(name, await RolesAsync(cancellationToken));
        // The jobs first: what breaks off between leaves a policy that can be removed again, and no jobs that are nobody's.
        await RetireAsync(preview.Jobs.Select(job => job.Name), by, cancellationToken);
        await documents.ChangeAsync(Document, PolicyJson.Default.PoliciesRecord, record => new PoliciesRecord([.. (record?.Policies ?? []).Where(other => other.Name != name)]), by.Did($"removed policy {name}"), cancellationToken);
    }

    /// <summary>The roles of the cluster as they are declared now, jobs among them.</summary>
    /// <exception cref="HoldfastException">Code <c>cluster.not-seen</c>, or what the node says.</exception>
    public async Task<IReadOnlyList<RoleSpec>> RolesAsync(CancellationToken cancellationToken)
    {
        // Compared with nothing, a policy would look as if it had no jobs, or meant no things.
        var cluster = follower.Status ?? throw new HoldfastException(ErrorKind.Unavailable, "cluster.not-seen", "This service has not seen the cluster yet.", "Try again in a moment.");
        List<RoleSpec> roles = [];
        foreach (var role in cluster.Roles)
        {
            try
            {
                var detail = await agent.GetAsync($"v1/roles/{role.Name}", ApiJson.Default.RoleDetail, cancellationToken);
                roles.AddRange(DeclarationReader.Read(detail.Declaration, role.Name, null).Roles);
            }
            catch (HoldfastException gone) when (gone.Kind == ErrorKind.NotFound)
            {
                // Deleted since the cluster was looked at.
            }
        }

        return roles;
    }

    /// <summary>Gives what came to be the jobs that a policy wants for it; nobody asked for it, so nothing else changes.</summary>
    /// <param name="roles">What there is (<see cref="RolesAsync"/>).</param>
    /// <returns>The new jobs.</returns>
    public async Task<ImmutableArray<string>> GrowAsync(Policy policy, IReadOnlyList<RoleSpec> roles, CancellationToken cancellationToken)
    {
        var missing = PolicyPlan.ByItself(Compile(policy), roles);
        if (!missing.IsEmpty) await ApplyAsync(string.Join("\n---\n", missing.Select(job => job.Declaration)), dryRun: false, caller: null, cancellationToken);
        return [.. missing.Select(job => job.Name)];
    }

    /// <summary>The policy and the thing that a job is for; null for one that somebody wrote by hand.</summary>
    public JobOrigin? OriginOf(string job) => Edition.Origins.GetValueOrDefault(job);

    private PolicyBook.Edition Edition => _book.Of(All, vaults.ForPolicies, machines.Inventory());

    private static ImmutableArray<Policy> Read(PolicyDocuments documents)
    {
        var (policies, problems) = PolicyText.Read(documents.Policies, "declaration");
        return problems.IsEmpty ? policies : throw DeclarationErrors.Of(problems);
    }

    private static ApplyResponse Told(PolicyBatch batch, IReadOnlyList<PolicyChange> changes, ApplyResponse planned) =>
        planned with { Changes = [.. planned.Changes, .. batch.Retiring.Select(job => new RoleChange(job, "delete", [], []))], Policies = changes };

    /// <summary>A declaration as one batch, checked; null when there is no policy in it.</summary>
    private async Task<PolicyBatch?> BatchAsync(string yaml, CancellationToken cancellationToken)
    {
        var documents = PolicyDocuments.Of(yaml);
        if (documents.Policies.Length == 0) return null;
        var policies = Read(documents);
        // What a policy names may be declared in the same file; what is wrong with that is told by whoever applies it.
        var declared = documents.Others.Length == 0 ? [] : DeclarationReader.Read(documents.Others, "declaration", null).Roles.Select(role => role.Name.Value);
        var roles = await RolesAsync(cancellationToken); // First: from then on the cluster was seen.
        var edition = Edition;
        var inventory = edition.Inventory with { Roles = [.. edition.Inventory.Roles.Union(declared)] };
        var batch = new PolicyBatch(policies, [.. policies.Select(policy => PolicyPlan.Preview(PolicyCompiler.Compile(policy, edition.Vaults, inventory), roles))], documents.Others);
        batch.ThrowIfInvalid(named: true);
        return batch;
    }

    // Whole or not at all: what follows was possible a moment ago.
    private async Task<ApplyResponse> TakeAsync(PolicyBatch batch, Person by, CancellationToken cancellationToken)
    {
        await TryAsync(batch, by.Caller, cancellationToken);
        var names = batch.Policies.Select(policy => policy.Name).ToHashSet(StringComparer.Ordinal);
        await documents.ChangeAsync(
            Document, PolicyJson.Default.PoliciesRecord, record => new PoliciesRecord([.. (record?.Policies ?? []).Where(other => !names.Contains(other.Name)), .. batch.Policies]), by.Did($"set policy {string.Join(", ", names.Order(StringComparer.Ordinal))}"), cancellationToken);
        var applied = batch.Declaration.Length == 0 ? new ApplyResponse([]) : await ApplyAsync(batch.Declaration, dryRun: false, by.Caller, cancellationToken);
        await RetireAsync(batch.Retiring, by, cancellationToken);
        return applied;
    }

    private async Task<ApplyResponse> TryAsync(PolicyBatch batch, string? caller, CancellationToken cancellationToken) =>
        batch.Declaration is { Length: > 0 } declaration ? await ApplyAsync(declaration, dryRun: true, caller, cancellationToken) : new ApplyResponse([]);

    private async Task RetireAsync(IEnumerable<string> jobs, Person by, CancellationToken cancellationToken)
    {
        foreach (var job in jobs) await agent.ActAsync(HttpMethod.Delete, $"v1/roles/{job}", by.Caller, cancellationToken);
    }

    private Task<ApplyResponse> ApplyAsync(string yaml, bool dryRun, string? caller, CancellationToken cancellationToken) =>
        agent.SendTextAsync(dryRun ? "v1/apply?dryRun=true" : "v1/apply", yaml, ApiJson.Default.ApplyResponse, caller, cancellationToken);
}
