using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Cluster.Jobs;

namespace Holdfast.Agent.Jobs.Protocol;

/// <summary>One line that a worker prints: JSON, its <c>type</c> first. Any other line is taken for a log.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Progress), "progress")]
[JsonDerivedType(typeof(Checkpoint), "checkpoint")]
[JsonDerivedType(typeof(Claim), "claim")]
[JsonDerivedType(typeof(Result), "result")]
[JsonDerivedType(typeof(Log), "log")]
[JsonDerivedType(typeof(Phase), "phase")]
public abstract record WorkerMessage
{
    private WorkerMessage()
    {
    }

    /// <summary>How it goes, every few seconds.</summary>
    /// <param name="Done">Bytes done.</param>
    /// <param name="Total">Bytes in all; null while that is not known.</param>
    /// <param name="BytesPerSecond">How fast, now.</param>
    /// <param name="SecondsLeft">How long it will take yet; null while that is not known.</param>
    /// <param name="Path">What it is at.</param>
    public sealed record Progress(long Done, long? Total = null, double? BytesPerSecond = null, double? SecondsLeft = null, string? Path = null) : WorkerMessage;

    /// <summary>How far it is: what it wants to be given if another attempt has to go on from here. At least every 30 seconds or 64 MiB; at most <see cref="JobCheckpoint.MostBytes"/>.</summary>
    /// <param name="Data">In its own words.</param>
    /// <param name="Number">Grows with every one, when it wants a <see cref="WorkerAnswer"/>: whoever relies on it must not get further ahead of what is recorded than it may do again.</param>
    public sealed record Checkpoint(JsonElement Data, int? Number = null) : WorkerMessage;

    /// <summary>It wants to write this snapshot, and waits for the <see cref="WorkerAnswer"/> before it does.</summary>
    public sealed record Claim(string Snapshot) : WorkerMessage;

    /// <summary>It is over.</summary>
    /// <param name="Completed">Whether it did what it should.</param>
    /// <param name="Reason">One sentence without a full stop.</param>
    /// <param name="Error">What kind of error it was.</param>
    /// <param name="Snapshot">What it made.</param>
    /// <param name="Figures">What it counted.</param>
    /// <param name="Proved">The snapshot that it put to the proof.</param>
    public sealed record Result(bool Completed, string Reason, ErrorClass? Error = null, string? Snapshot = null, ImmutableSortedDictionary<string, long>? Figures = null, string? Proved = null) : WorkerMessage;

    /// <summary>A line for the job's log.</summary>
    public sealed record Log(string Text) : WorkerMessage;

    /// <summary>A part of the work is over: told only where the assignment names a trace.</summary>
    /// <param name="Name">Which, the same words in every run.</param>
    /// <param name="Begun">When it began.</param>
    /// <param name="Milliseconds">How long it took.</param>
    /// <param name="Failed">Whether it ended with an error.</param>
    public sealed record Phase(string Name, DateTimeOffset Begun, double Milliseconds, bool Failed = false) : WorkerMessage;
}
