using System.Collections.Immutable;
using System.Globalization;

namespace Holdfast.Management.Alerts.Sources;

/// <summary>Which disks run full: source <c>machine/NAME</c>, one for each, so that one that does not answer says nothing about the others.</summary>
public static class MachineSignals
{
    /// <summary>How the names of these sources begin.</summary>
    public const string Prefix = "machine/";

    /// <summary>What a machine told. Rules compare the numbers; here is none too small or too large to be said.</summary>
    public static ImmutableArray<AlertSignal> Of(string node, IEnumerable<DiskFacts> disks) =>
    [
        .. disks.Where(disk => disk.TotalBytes > 0).Select(disk => new AlertSignal
        {
            Trigger = AlertTrigger.DiskLow, Subject = $"disk:{node}:{disk.Path}", Related = [$"node:{node}"], Value = 100.0 * disk.FreeBytes / disk.TotalBytes,
            Sentence = string.Create(CultureInfo.InvariantCulture, $"{disk.Path} on {node} has {100.0 * disk.FreeBytes / disk.TotalBytes:0.#} % free."), Because = string.Create(CultureInfo.InvariantCulture, $"{disk.FreeBytes / 1e9:0.0} of {disk.TotalBytes / 1e9:0.0} GB are free."),
            Hint = "Make room, or make it larger; of a vault: keep less, or prune.",
        }),
    ];
}

/// <summary>A disk of a machine, or a vault.</summary>
public sealed record DiskFacts(string Path, long FreeBytes, long TotalBytes);
