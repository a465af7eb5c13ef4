using System.Text.Json.Serialization;
using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Api;

/// <summary>The rows of the history as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Page<OperationRow>))]
[JsonSerializable(typeof(Page<EventRow>))]
[JsonSerializable(typeof(Page<AuditRow>))]
[JsonSerializable(typeof(Page<PlacementRow>))]
[JsonSerializable(typeof(Page<SnapshotRow>))]
[JsonSerializable(typeof(Page<AlertRow>))]
[JsonSerializable(typeof(OperationRow))]
[JsonSerializable(typeof(EventRow))]
[JsonSerializable(typeof(AlertRow))]
[JsonSerializable(typeof(ChartAnswer))]
internal sealed partial class HistoryJson : JsonSerializerContext;
