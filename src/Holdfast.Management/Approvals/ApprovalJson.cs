using System.Text.Json.Serialization;
using Holdfast.Agent.Api;
using Holdfast.Cluster.Access;
using Holdfast.Management.Api;

namespace Holdfast.Management.Approvals;

/// <summary>Approvals as JSON: as they are kept, and as the API tells them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(CamelCaseEnum<AccessLevel>), typeof(CamelCaseEnum<ApprovalState>)])]
[JsonSerializable(typeof(Approval))]
[JsonSerializable(typeof(ApprovalAsked))]
[JsonSerializable(typeof(ApprovalDone))]
[JsonSerializable(typeof(ApprovalDetail))]
[JsonSerializable(typeof(IReadOnlyList<ApprovalInfo>))]
[JsonSerializable(typeof(IReadOnlyList<ActInfo>))]
[JsonSerializable(typeof(ApprovalAnswer))]
[JsonSerializable(typeof(ApprovalRefusal))]
internal sealed partial class ApprovalJson : JsonSerializerContext;
