using System.Text.Json.Serialization;
using Holdfast.Agent.Api;
using Holdfast.Cluster.Roles;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Rehearsals;

/// <summary>What is rehearsed, as it is handed to the process that does so.</summary>
/// <param name="Role">The role's declaration.</param>
/// <param name="Node">The node it is rehearsed on.</param>
/// <param name="Disks">For each disk of the role the device to copy; null when another node may be using it.</param>
internal sealed record RehearsalScript(RoleSpec Role, string Node, IReadOnlyDictionary<string, string?> Disks)
{
    /// <summary>The variable that it is handed over in: unlike arguments, nobody else can read it.</summary>
    public const string Variable = "HOLDFAST_REHEARSAL";
}

/// <summary>What a rehearsal prints at its end.</summary>
internal sealed record RehearsalOutcome(double StartMs, IReadOnlyList<RehearsedResource> Resources);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    Converters = [typeof(NodeNameConverter), typeof(RoleNameConverter), typeof(ResourceNameConverter), typeof(EpochConverter), typeof(PropertyValueConverter)])]
[JsonSerializable(typeof(RehearsalScript))]
[JsonSerializable(typeof(RehearsalOutcome))]
internal sealed partial class RehearsalJson : JsonSerializerContext;
