using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Holdfast.Cluster.Roles;

namespace Holdfast.Management.Policies;

/// <summary>When and how a policy's backups run: the words of a job's own document, which its reader judges.</summary>
[JsonConverter(typeof(PolicyScheduleConverter))]
public sealed record PolicySchedule
{
    /// <summary>Gets a cron expression, <c>every 6h</c>, <c>continuous</c> or <c>on-demand</c>: what a job calls <c>schedule</c>.</summary>
    public required string When { get; init; }

    /// <summary>Gets what else a job can say of it, by the job's key: <c>zone</c>, <c>days</c>, <c>not-on</c>, <c>window</c>, <c>blackout</c>, <c>jitter</c>, <c>missed</c>, <c>caps</c> …</summary>
    public ImmutableSortedDictionary<string, PropertyValue> Rules { get; init; } = ImmutableSortedDictionary.Create<string, PropertyValue>(StringComparer.Ordinal);

    /// <summary>Gets the nodes on which backups run when these are up; for things that are not bound to a node or a role.</summary>
    public ImmutableArray<string> Preferred { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets the only nodes on which they run; empty for any. For things that are not bound to a node or a role.</summary>
    public ImmutableArray<string> Required { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets the time zone; null for UTC.</summary>
    [JsonIgnore]
    public string? Zone => Rules.GetValueOrDefault("zone")?.Text;
}
