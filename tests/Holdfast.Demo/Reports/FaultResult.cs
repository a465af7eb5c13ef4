using System.Text.Json;
using System.Text.Json.Serialization;

namespace Holdfast.Demo.Reports;

/// <summary>What one fault did to one role: one line of <c>--json</c>.</summary>
internal sealed record FaultResult
{
    public required string Fault { get; init; }

    public required string Role { get; init; }

    /// <summary>Gets whether the etcd leader was on the node that was struck.</summary>
    public required bool EtcdLeader { get; init; }

    /// <summary>Gets the time from the last good answer before to the first good answer after, as the client saw it.</summary>
    public required double OutageMs { get; init; }

    /// <summary>Gets the time from the fault to the first thing that the cluster says about it; null when it never noticed, as it need not.</summary>
    public required double? DetectionMs { get; init; }

    /// <summary>Gets the time from there to the first good answer.</summary>
    public required double? TakeoverMs { get; init; }

    /// <summary>Gets how many acknowledged rows were gone afterwards.</summary>
    public required int AcknowledgedLost { get; init; }

    /// <summary>Gets in how many moments two nodes held something of the role.</summary>
    public required int DoubleActive { get; init; }

    public required int Run { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, ResultJson.Default.FaultResult);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FaultResult))]
internal sealed partial class ResultJson : JsonSerializerContext;
