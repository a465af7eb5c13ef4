using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Cluster;
using Holdfast.Protection.Inventory;

namespace Holdfast.Cli.Volumes;

/// <summary><c>holdfast volumes</c></summary>
internal static class VolumesCommand
{
    private const string ByGuid = "UUID=";

    public static Verb Create() => new Verb("volumes", "List the volumes of this machine, and the shared ones of its cluster.", "holdfast volumes", "holdfast volumes --json")
        .Does(async (run, cancellationToken) =>
        {
            var volumes = await VolumeReader.ReadAsync(await SharedAsync(run, cancellationToken), run.Surroundings.Time, cancellationToken);
            run.Report.Result(volumes, VolumesJson.Default.MachineVolumes, found => Write(found, run.Report));
        });

    // The agent knows of them; a machine without one, or without a cluster, has none.
    private static async Task<IReadOnlyList<SharedVolumeFacts>> SharedAsync(Invocation run, CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await run.Agent.GetAsync(NodeApi.SharedVolumes, NodeApiJson.Default.SharedVolumeInfoArray, cancellationToken)).Select(FactsOf)];
        }
        catch (HoldfastException nobody) when (nobody.Code is "agent.not-running" or "agent.forbidden" or "access.denied" or "node.unconfigured")
        {
            return [];
        }
    }

    internal static SharedVolumeFacts FactsOf(SharedVolumeInfo told) => new()
    {
        Id = told.Id, Name = told.Id, Cluster = told.Cluster, FileSystemGuid = told.Device.StartsWith(ByGuid, StringComparison.OrdinalIgnoreCase) ? told.Device[ByGuid.Length..] : "",
        Device = told.Device.StartsWith('/') ? told.Device : null, Target = told.Target,
        Status = told.Status switch
        {
            SharedVolumePlace.AttachedHere => SharedVolumeStatus.AttachedHere,
            SharedVolumePlace.OnlineElsewhere => SharedVolumeStatus.OnlineElsewhere,
            SharedVolumePlace.Maintenance => SharedVolumeStatus.Maintenance,
            _ => SharedVolumeStatus.Offline,
        },
        Owner = told.Owner, LastOnline = told.LastOnline, LastAttached = told.LastAttached, Fault = told.Fault, BackupState = told.BackupState, LastBackupHere = told.LastBackupHere, LastBackup = told.LastBackup,
    };

    private static void Write(MachineVolumes found, Report report)
    {
        var table = new TextTable("DEVICE", "FILE SYSTEM", "LABEL", "TOTAL", "USED", "FREE", "IS", "MOUNTED AT");
        foreach (var volume in found.Local)
        {
            table.Row(volume.Device, volume.FileSystem, Phrases.OrNothing(volume.Label), SizeText.Format(volume.TotalBytes), SizeText.Format(volume.UsedBytes), SizeText.Format(volume.FreeBytes),
                Phrases.OrNothing(string.Join(", ", Traits(volume))), Phrases.OrNothing(string.Join(", ", volume.Mounts.Select(mount => mount.Path))));
        }

        table.Write(report.Out, report.Palette, report.Width);
        if (found.Shared.Count == 0) return;

        report.Line();
        var shared = new TextTable("SHARED VOLUME", "STATUS", "OWNER", "DEVICE", "BACKUP", "LAST BACKUP", "FAULT");
        foreach (var volume in found.Shared)
        {
            var facts = volume.Facts;
            shared.Row(facts.Name, Phrases.Word(facts.Status), Phrases.OrNothing(facts.Owner), Phrases.OrNothing(volume.Device), Phrases.OrNothing(facts.BackupState),
                facts.LastBackup is { } at ? Phrases.Instant(at) : Phrases.Nothing, Phrases.OrNothing(facts.Fault));
        }

        shared.Write(report.Out, report.Palette, report.Width);
    }

    private static IEnumerable<string> Traits(Volume volume)
    {
        if (volume.IsShared) yield return "shared";
        if (volume.Bootable) yield return "bootable";
        if (volume.Encrypted) yield return "encrypted";
        if (volume.Compressed) yield return "compressed";
        if (volume.Protected) yield return "read-only";
    }
}
