namespace Holdfast.Protection.Inventory;

/// <summary>A place where a volume is mounted.</summary>
/// <param name="Path">The place.</param>
/// <param name="Root">What of the file system is there: <c>/</c>, or a btrfs subvolume or a folder.</param>
/// <param name="ReadOnly">Whether it may not be written there.</param>
public sealed record VolumeMount(string Path, string Root, bool ReadOnly);
