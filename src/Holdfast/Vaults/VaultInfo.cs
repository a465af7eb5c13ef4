using System.Text.Json.Serialization;

namespace Holdfast.Cli.Vaults;

/// <summary>A vault, as <c>--json</c> shows it.</summary>
internal sealed record VaultInfo(string Id, string Location, int Version);

/// <summary>A key of a vault, as <c>--json</c> shows it.</summary>
internal sealed record VaultKeyLine(string Id, string User, string Host, DateTimeOffset? Created, bool Current);

/// <summary>A key that was added or removed, as <c>--json</c> shows it.</summary>
internal sealed record VaultKeyChange(string Change, string Id);

/// <summary>How the commands for vaults print JSON; lines of a list or stream are one object each.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(VaultInfo))]
[JsonSerializable(typeof(VaultKeyLine[]))]
[JsonSerializable(typeof(VaultKeyChange))]
internal sealed partial class VaultsJson : JsonSerializerContext;
