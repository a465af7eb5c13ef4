using System.Text.Json.Serialization;

namespace Holdfast.Management.Settings;

/// <summary>The settings as people send them: a name that means nothing is refused, because what was meant would silently stay as it was.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ManagementSettings))]
[JsonSerializable(typeof(DatabaseAsked))]
[JsonSerializable(typeof(DatabaseReport))]
internal sealed partial class SettingsJson : JsonSerializerContext;

/// <summary>The settings as they are kept: a newer build may have written more.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ManagementSettings))]
internal sealed partial class KeptSettingsJson : JsonSerializerContext;
