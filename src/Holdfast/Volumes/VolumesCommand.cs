using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Protection.Inventory;

namespace Holdfast.Cli.Volumes;

/// <summary><c>holdfast volumes</c></summary>
internal static class VolumesCommand
{
    public static Verb Create() => new Verb("volumes", "List the volumes of this machine, and the shared ones of its cluster.", "holdfast volumes", "holdfast volumes --json")
        .Does(async (run, cancellationToken) =>
        {
            // What the cluster knows of shared volumes comes from the agent; the command works without one.
            var volumes = await VolumeReader.ReadAsync([], run.Surroundings.Time, cancellationToken);
            run.Report.Result(volumes, VolumesJson.Default.MachineVolumes, found => Write(found, run.Report));
        });

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
