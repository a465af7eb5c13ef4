using System.Reflection;
using Holdfast.Protection.Inventory;

namespace Holdfast.Protection.Tests.Inventory;

/// <summary>What the tools of a machine said, from the files beside this one.</summary>
internal static class Machine
{
    public static MachineVolumes Volumes(string name, params SharedVolumeFacts[] shared) =>
        VolumeInventory.Build(BlockDevices.WithSignatures(BlockDevices.Parse(Said(name, "lsblk.json")), Said(name, "blkid.txt")), MountedFileSystem.Parse(Said(name, "findmnt.json")), shared);

    private static string Said(string name, string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Machines/{name}/{file}");
        return stream is null ? "" : new StreamReader(stream).ReadToEnd();
    }
}
