using System.Text.Json;

namespace Holdfast.Management.Api;

/// <summary>GET /api/v1/machines: one machine.</summary>
/// <param name="Kind">member, witness or client.</param>
/// <param name="SharedVolumes">The shared volumes that are attached to it.</param>
public sealed record MachineInfo(string Name, string Kind, string State, string Address, IReadOnlyList<string> SharedVolumes);

/// <summary>GET /api/v1/machines/{name}</summary>
/// <param name="Volumes">Its volumes, each with mounts, label, file system, whether it is bootable, encrypted, protected and compressed, ids, sizes and disks; null when it never told.</param>
/// <param name="SharedVolumes">The shared volumes: where each is now, and what the machine told of its device and disk.</param>
/// <param name="InventoryAt">When it told that, perhaps an earlier owner of the service; null when it never did.</param>
/// <param name="Problem">Why it did not tell the last time; null when it did.</param>
public sealed record MachineDetail(string Name, string Kind, string State, string Address, JsonElement? Volumes, JsonElement? SharedVolumes, DateTimeOffset? InventoryAt, string? Problem);
