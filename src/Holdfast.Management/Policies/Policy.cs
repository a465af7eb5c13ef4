using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Holdfast.Management.Policies;

/// <summary>What shall be protected, where to, when and how well: compiled into jobs by the compiler, measured by the compliance report.</summary>
public sealed record Policy
{
    /// <summary>How long a name may be: the names of a policy's jobs begin with it, and have room for the rest.</summary>
    public const int LongestName = 24;

    /// <summary>Gets the name: 1 to <see cref="LongestName"/> of a-z, 0-9 and '-'.</summary>
    public required string Name { get; init; }

    /// <summary>Gets what it is for, for people.</summary>
    public string? Description { get; init; }

    /// <summary>Gets whether it is suspended: its jobs stay, offline.</summary>
    public bool Suspended { get; init; }

    /// <summary>Gets the account that its jobs run as, which must be able to read all of it; null for the usual one of jobs, nobody.</summary>
    public string? User { get; init; }

    /// <summary>Gets what it protects.</summary>
    public ImmutableArray<PolicyThing> Things { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets the vaults, by name. Each gets every thing, and the RPO is met when it is met in each.</summary>
    public ImmutableArray<string> Vaults { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets when backups run.</summary>
    public required PolicySchedule Schedule { get; init; }

    /// <summary>Gets which snapshots are kept. The default keeps all.</summary>
    public PolicyRetention Retention { get; init => field = value ?? new(); } = new();

    /// <summary>Gets how snapshots are verified. The default is not at all.</summary>
    public PolicyVerification Verification { get; init => field = value ?? new(); } = new();

    /// <summary>Gets how much work may be lost, in time (the recovery point objective): the newest snapshot is never to be older. 1 minute to 1 year; null asks for nothing.</summary>
    [JsonPropertyName("rpoSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? Rpo { get; init; }

    /// <summary>Gets how long it may take to be back at work (the recovery time objective). 1 second to 1 year; null asks for nothing.</summary>
    [JsonPropertyName("rtoSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? Rto { get; init; }

    /// <summary>Gets which channels hear of what concerns it; empty for those that the alert rules name.</summary>
    public ImmutableArray<string> AlertChannels { get; init => field = value.IsDefault ? [] : value; } = [];
}
