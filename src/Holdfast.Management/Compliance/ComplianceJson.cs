using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Holdfast.Agent.Api;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Compliance;

/// <summary>Compliance as JSON, for the API.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(CamelCaseEnum<ThingKind>), typeof(CamelCaseEnum<ComplianceState>)])]
[JsonSerializable(typeof(ThingCompliance))]
[JsonSerializable(typeof(ImmutableArray<ThingCompliance>))]
public sealed partial class ComplianceJson : JsonSerializerContext;
