using System.Collections.Frozen;
using System.Collections.Immutable;
using Holdfast.Management.Collecting;

namespace Holdfast.Management.Policies;

/// <summary>
/// All policies as they are compiled, kept until policies, vaults or the inventory change: each run that is collected asks where its job comes from, and compiling reads every job as YAML.
/// </summary>
internal sealed class PolicyBook
{
    private readonly Lock _gate = new();
    private Edition _edition = new([], [], PolicyInventory.Empty, FrozenDictionary<Policy, CompiledPolicy>.Empty, FrozenDictionary<string, JobOrigin>.Empty);

    /// <summary>Every policy as it is compiled with these. The same object until one of these is another.</summary>
    public Edition Of(ImmutableArray<Policy> policies, ImmutableArray<PolicyVault> vaults, PolicyInventory inventory)
    {
        lock (_gate)
        {
            if (_edition.Policies != policies || !_edition.Vaults.SequenceEqual(vaults) || !_edition.Inventory.Equals(inventory)) _edition = Compile(policies, vaults, inventory, _edition);
            return _edition;
        }
    }

    private static Edition Compile(ImmutableArray<Policy> policies, ImmutableArray<PolicyVault> vaults, PolicyInventory inventory, Edition before)
    {
        var compiled = policies.ToFrozenDictionary<Policy, Policy, CompiledPolicy>(policy => policy, policy => PolicyCompiler.Compile(policy, vaults, inventory), ReferenceEqualityComparer.Instance);
        // A policy that cannot be compiled now, perhaps because a machine has not told yet, still has the jobs that it had.
        var unclear = compiled.Values.Where(policy => !policy.Problems.IsEmpty).Select(policy => policy.Policy).ToHashSet(StringComparer.Ordinal);
        var origins = before.Origins.Where(origin => unclear.Contains(origin.Value.Policy)).ToDictionary(StringComparer.Ordinal);
        foreach (var (policy, job) in compiled.Values.SelectMany(policy => policy.Jobs.Select(job => (policy.Policy, job)))) origins[job.Name] = new JobOrigin(policy, job.Thing);
        return new Edition(policies, vaults, inventory, compiled, origins.ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>What was compiled from what.</summary>
    /// <param name="Compiled">By the policy itself, not by what it says.</param>
    /// <param name="Origins">By the name of the job.</param>
    internal sealed record Edition(
        ImmutableArray<Policy> Policies, ImmutableArray<PolicyVault> Vaults, PolicyInventory Inventory, FrozenDictionary<Policy, CompiledPolicy> Compiled, FrozenDictionary<string, JobOrigin> Origins);
}
