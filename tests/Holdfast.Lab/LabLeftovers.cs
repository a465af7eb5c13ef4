using Holdfast.Lab.Disks;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;

namespace Holdfast.Lab;

/// <summary>What labs leave on the machine, and how the next one removes it when a lab was killed.</summary>
/// <remarks>
/// Most of a lab needs no removal: network namespaces have no name, mounts live in namespaces of their own, hosts and disk
/// servers end with the pipe that the lab holds. Loop devices, control groups and the folder of images remain.
/// </remarks>
public static class LabLeftovers
{
    internal const string ProcessMark = "HOLDFAST_LAB";

    /// <summary>Lists, one line each, what belongs to labs whose process is no more.</summary>
    /// <param name="folder">The folder of <see cref="LabOptions.Folder"/>.</param>
    public static IReadOnlyList<string> List(string folder) =>
    [
        .. DeadFolders(folder).Select(path => $"folder {path}"),
        .. LoopDevice.All().Where(device => IsDead(device.Label)).Select(device => $"loop{device.Number} {device.Label}"),
        .. ControlGroups.List(IsDead).Select(path => $"control group {path}"),
        .. DeadProcesses().Select(process => $"process {process.Id} of {process.Lab}"),
    ];

    /// <summary>Removes what <see cref="List"/> lists.</summary>
    public static async Task SweepAsync(string folder)
    {
        foreach (var (id, _) in DeadProcesses())
        {
            Libc.kill(id, (int)Signal.Kill);
        }

        await Waiting.UntilAsync(() => DeadProcesses().Count == 0, TimeSpan.FromSeconds(20), "processes of a dead lab do not end");
        foreach (var lab in LoopDevice.All().Select(device => device.Label).Where(IsDead).Distinct().ToList())
        {
            LoopDevice.DetachAll(lab);
        }

        foreach (var path in ControlGroups.List(IsDead))
        {
            await ControlGroups.RemoveAsync(path);
        }

        foreach (var path in DeadFolders(folder))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static IEnumerable<string> DeadFolders(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateDirectories(folder, "hf*").Where(path => IsDead(Path.GetFileName(path))) : [];

    private static List<(int Id, string Lab)> DeadProcesses() =>
    [
        .. from id in ProcFs.ProcessIds()
           let lab = ProcFs.Variable(id, ProcessMark)
           where lab is not null && IsDead(lab)
           select (id, lab),
    ];

    private static bool IsDead(string name) => LabIdentity.TryParse(name) is { IsAlive: false };
}
