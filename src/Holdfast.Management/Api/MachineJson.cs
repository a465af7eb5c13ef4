using System.Text.Json.Serialization;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Api;

/// <summary>Machines, vaults and restores as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<MachineInfo>))]
[JsonSerializable(typeof(MachineDetail))]
[JsonSerializable(typeof(IReadOnlyList<VaultInfo>))]
[JsonSerializable(typeof(VaultPut))]
[JsonSerializable(typeof(IReadOnlyList<PolicyVault>))]
[JsonSerializable(typeof(IReadOnlyList<SnapshotFile>))]
[JsonSerializable(typeof(RestoreAsked))]
[JsonSerializable(typeof(RestoreAnswer))]
[JsonSerializable(typeof(ListedSnapshot[]))]
[JsonSerializable(typeof(IReadOnlyList<DatabaseInVault>))]
[JsonSerializable(typeof(IReadOnlyList<FoundFile>))]
[JsonSerializable(typeof(IReadOnlyList<DifferentFile>))]
[JsonSerializable(typeof(VaultFigures))]
[JsonSerializable(typeof(TagsAsked))]
[JsonSerializable(typeof(SnapshotDone))]
[JsonSerializable(typeof(ListedFile))]
[JsonSerializable(typeof(ListedDatabase[]))]
[JsonSerializable(typeof(DatabasePreview))]
[JsonSerializable(typeof(ChangedSnapshot[]))]
[JsonSerializable(typeof(ForgottenSnapshots))]
[JsonSerializable(typeof(PreviewLine))]
[JsonSerializable(typeof(Vaults.VaultsRecord))]
internal sealed partial class MachineJson : JsonSerializerContext;
