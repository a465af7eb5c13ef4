namespace Holdfast.Protection.Inventory;

/// <summary>The volumes of a machine.</summary>
/// <param name="Local">Those that this machine may back up: its own, and the shared ones that are attached here.</param>
/// <param name="Shared">All shared volumes of the cluster, also those that are online elsewhere.</param>
public sealed record MachineVolumes(IReadOnlyList<Volume> Local, IReadOnlyList<SharedVolume> Shared);
