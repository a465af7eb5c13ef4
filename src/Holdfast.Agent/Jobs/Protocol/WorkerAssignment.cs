using System.Collections.Immutable;
using System.Text.Json;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Jobs.Protocol;

/// <summary>What a worker is to do: the first line on its standard input. Lines of <see cref="WorkerAnswer"/> follow.</summary>
public sealed record WorkerAssignment
{
    /// <summary>Gets the job.</summary>
    public required string Job { get; init; }

    /// <summary>Gets the run.</summary>
    public required string Run { get; init; }

    /// <summary>Gets when the run was due.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>Gets which try of the run this is, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>Gets the epoch of the job; also in <c>HOLDFAST_EPOCH</c>.</summary>
    public required string Epoch { get; init; }

    /// <summary>Gets the node.</summary>
    public required string Node { get; init; }

    /// <summary>Gets the last checkpoint of an attempt before this one, as that wrote it; null when it begins anew.</summary>
    public JsonElement? Checkpoint { get; init; }

    /// <summary>Gets the snapshot that an attempt before this one had claimed. If the vault has it, it is the run's, and nothing is left to do.</summary>
    public string? Claimed { get; init; }

    /// <summary>Gets the snapshots that were claimed for a run of this job and then another instead: should one of them be in the vault, it came late and is to be removed.</summary>
    public ImmutableArray<string> Late { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets the span of this attempt, as W3C Trace Context writes it; null where nobody looks on. Also in <c>TRACEPARENT</c> of a command's program.</summary>
    public string? Trace { get; init; }

    /// <summary>Gets how many bytes a second it may send; null for as many as it can.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>Gets how many bytes a second it may read from its vault; null for as many as it can.</summary>
    public long? ReadBytesPerSecond { get; init; }

    /// <summary>Gets the ids of the shared volumes that are attached to the node, for the snapshot to remember.</summary>
    public ImmutableArray<string> SharedVolumes { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets the job's properties, by their names in declarations.</summary>
    public required ImmutableSortedDictionary<string, PropertyValue> Properties { get; init; }
}
