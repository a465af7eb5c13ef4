using System.Collections.Immutable;
using Holdfast.Agent.Api;
using Holdfast.Cluster;

namespace Holdfast.Management.Policies;

/// <summary>Policies that are taken together, with what is declared beside them: all of it or nothing.</summary>
/// <param name="Policies">The policies.</param>
/// <param name="Previews">What each of them changes, in the same order.</param>
/// <param name="Others">The roles, jobs and calendars of the same file; empty for none.</param>
internal sealed record PolicyBatch(ImmutableArray<Policy> Policies, ImmutableArray<PolicyPreview> Previews, string Others)
{
    /// <summary>Gets what any node is asked to apply: one declaration, so that it is judged and stored as one. Empty when nothing is.</summary>
    public string Declaration => string.Join("\n---\n", Others.Length == 0 ? Declarations : Declarations.Prepend(Others));

    /// <summary>Gets the jobs that no policy wants any more.</summary>
    public IEnumerable<string> Retiring => Previews.SelectMany(preview => preview.Jobs).Where(job => job.Action == "retire").Select(job => job.Name);

    /// <summary>Refuses the batch when a policy of it has a mistake.</summary>
    /// <param name="named">Whether it is told which policy, too.</param>
    /// <exception cref="HoldfastException">Code <c>policy.invalid</c>, naming every mistake.</exception>
    public void ThrowIfInvalid(bool named)
    {
        var mistakes = Policies.Zip(Previews).SelectMany(policy => policy.Second.Problems.Select(problem => named ? $"policies.{policy.First.Name}: {problem}" : problem.ToString())).ToList();
        if (mistakes.Count > 0) throw new HoldfastException(ErrorKind.Invalid, "policy.invalid", string.Join('\n', mistakes), "Nothing was changed.");
    }

    /// <summary>What happens to each policy.</summary>
    /// <param name="present">Those that there are.</param>
    public IReadOnlyList<PolicyChange> Changes(ImmutableArray<Policy> present) =>
    [
        .. Policies.Select(policy => new PolicyChange(
            policy.Name, present.FirstOrDefault(known => known.Name == policy.Name) is not { } before ? "create" : PolicyText.Write(before) == PolicyText.Write(policy) ? "unchanged" : "update")),
    ];

    private IEnumerable<string> Declarations => Previews.SelectMany(preview => preview.Jobs).Where(job => job.Action is "create" or "update").Select(job => job.Declaration!);
}
