using System.Collections.Immutable;
using Holdfast.Cluster.Jobs;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Compliance;

/// <summary>All that compliance of one thing is told from.</summary>
public sealed record ThingFacts
{
    /// <summary>Gets the policy.</summary>
    public required Policy Policy { get; init; }

    /// <summary>Gets the thing.</summary>
    public required ProtectedThing Thing { get; init; }

    /// <summary>Gets since when the policy protects it; null when nobody knows.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Gets its copies, one for each vault of the policy.</summary>
    public required ImmutableArray<VaultCopy> Copies { get; init; }

    /// <summary>Gets the node that it is on now.</summary>
    public string? Node { get; init; }

    /// <summary>Gets its proofs, in any order.</summary>
    public ImmutableArray<MeasuredRestore> Proofs { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets how long a takeover of its role is expected to take if its node dies now; null when it was never measured, or there is no role.</summary>
    public TimeSpan? RoleTakeover { get; init; }
}

/// <summary>One thing in one vault.</summary>
/// <param name="Vault">The vault.</param>
/// <param name="Job">The job that makes its snapshots; null when it does not exist.</param>
/// <param name="Snapshots">Its snapshots of the last 31 days and the newest before, in any order; null when nobody could ask.</param>
/// <param name="Runs">The last runs of the job, newest first.</param>
/// <param name="NextDue">When the next run is due; null when none is by itself.</param>
/// <param name="Takeover">How long a takeover of the job is expected to take if its node dies now; null when it was never measured.</param>
/// <param name="CanMove">Whether another node would take the job over.</param>
/// <param name="Progress">How much of the present run is done, from 0 to 1; null when nobody knows.</param>
/// <param name="Trouble">What keeps the job from its work, in its own words: the reason of its state; null when nothing does.</param>
public sealed record VaultCopy(
    string Vault, string? Job, ImmutableArray<TakenSnapshot>? Snapshots, ImmutableArray<JobRun> Runs, DateTimeOffset? NextDue, TimeSpan? Takeover, bool CanMove, double? Progress = null, string? Trouble = null);

/// <summary>A snapshot that can be restored.</summary>
/// <param name="Taken">Of when its content is.</param>
/// <param name="Completed">From when on it could be used.</param>
/// <param name="Bytes">How large the thing was.</param>
public readonly record struct TakenSnapshot(DateTimeOffset Taken, DateTimeOffset Completed, long? Bytes = null);

/// <summary>A restore whose time was measured.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Proven">Whether what was restored was right.</param>
/// <param name="Bytes">How much was restored.</param>
/// <param name="Took">How long it took.</param>
public readonly record struct MeasuredRestore(DateTimeOffset At, bool Proven, long Bytes, TimeSpan Took);
