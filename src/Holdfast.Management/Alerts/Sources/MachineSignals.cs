using System.Collections.Immutable;
using System.Globalization;
using Holdfast.Management.Compliance;

namespace Holdfast.Management.Alerts.Sources;

/// <summary>What runs out: source <c>machine/NAME</c>, one for each, so that one that does not answer says nothing about the others.</summary>
public static class MachineSignals
{
    /// <summary>The name of a machine's source.</summary>
    public static string SourceOf(string node) => $"machine/{node}";

    /// <summary>What a machine told. Rules compare the numbers; here is none too small or too large to be said.</summary>
    public static ImmutableArray<AlertSignal> Of(string node, IEnumerable<CertificateFacts> certificates, IEnumerable<DiskFacts> disks, DateTimeOffset now) =>
    [
        .. certificates.Select(certificate => new AlertSignal
        {
            Trigger = AlertTrigger.CertificateExpiring, Subject = $"certificate:{node}/{certificate.Name}", Related = [$"node:{node}"], Value = (certificate.Expires - now).TotalSeconds,
            Sentence = certificate.Expires > now ? $"Certificate {certificate.Name} of {node} expires in {Words.Span(certificate.Expires - now)}." : $"Certificate {certificate.Name} of {node} has expired.",
            Because = $"It is valid until {Words.Time(certificate.Expires)}, and was not renewed.", Hint = $"On {node}: 'holdfast doctor' says what keeps it from being renewed.",
        }),
        .. disks.Where(disk => disk.TotalBytes > 0).Select(disk => new AlertSignal
        {
            Trigger = AlertTrigger.DiskLow, Subject = $"disk:{node}:{disk.Path}", Related = [$"node:{node}"], Value = 100.0 * disk.FreeBytes / disk.TotalBytes,
            Sentence = string.Create(CultureInfo.InvariantCulture, $"{disk.Path} on {node} has {100.0 * disk.FreeBytes / disk.TotalBytes:0.#} % free."), Because = string.Create(CultureInfo.InvariantCulture, $"{disk.FreeBytes / 1e9:0.0} of {disk.TotalBytes / 1e9:0.0} GB are free."),
            Hint = "Make room, or make it larger; of a vault: keep less, or prune.",
        }),
    ];
}

/// <summary>A certificate of a machine.</summary>
public sealed record CertificateFacts(string Name, DateTimeOffset Expires);

/// <summary>A disk of a machine, or a vault.</summary>
public sealed record DiskFacts(string Path, long FreeBytes, long TotalBytes);
