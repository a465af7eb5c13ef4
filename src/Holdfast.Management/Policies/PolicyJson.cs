using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Holdfast.Agent.Api;

namespace Holdfast.Management.Policies;

/// <summary>Policies as JSON: in the cluster's store and in the API.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(CamelCaseEnum<ThingKind>)])]
[JsonSerializable(typeof(Policy))]
[JsonSerializable(typeof(ImmutableArray<Policy>))]
[JsonSerializable(typeof(PoliciesRecord))]
[JsonSerializable(typeof(PolicyPreview))]
[JsonSerializable(typeof(PolicyVault))]
[JsonSerializable(typeof(ImmutableArray<PolicyVault>))]
public sealed partial class PolicyJson : JsonSerializerContext;
