using System.Text.Json.Serialization;
using Holdfast.Agent.Api;
using Holdfast.Protection.Inventory;

namespace Holdfast.Cli.Volumes;

/// <summary>The inventory as <c>--json</c> prints it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(CamelCaseEnum<SharedVolumeStatus>)])]
[JsonSerializable(typeof(MachineVolumes))]
internal sealed partial class VolumesJson : JsonSerializerContext;
