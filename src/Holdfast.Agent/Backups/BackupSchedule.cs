using System.Globalization;

namespace Holdfast.Agent.Backups;

/// <summary>When a node backs up the cluster's configuration by itself, what it calls the file, and which files go.</summary>
internal static class BackupSchedule
{
    /// <summary>How many backups a node keeps.</summary>
    public const int Kept = 14;

    private const string Prefix = "cluster-";
    private const string Suffix = ".backup";
    private const string Stamp = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>How old the last one may be before the next is due.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromDays(1);

    /// <summary>The name of a backup's file; names sort as they were taken.</summary>
    public static string NameOf(DateTimeOffset taken) => Prefix + taken.UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture) + Suffix;

    /// <summary>When a file was taken, by its name; null when it is not one of ours.</summary>
    public static DateTimeOffset? TakenAt(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal) && name.Length > Prefix.Length + Suffix.Length
        && DateTimeOffset.TryParseExact(name[Prefix.Length..^Suffix.Length], Stamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var taken) ? taken : null;

    /// <summary>How long until the next is due. A file from the future is from a clock that was wrong: it does not keep a node from taking any.</summary>
    public static TimeSpan DueIn(IEnumerable<string> names, DateTimeOffset now)
    {
        var past = names.Select(TakenAt).Where(taken => taken <= now).Max();
        return past is { } last && last + Period - now is { Ticks: > 0 } left ? left : TimeSpan.Zero;
    }

    /// <summary>The files that go, so that the newest stay. What is not ours is never among them.</summary>
    public static IEnumerable<string> Surplus(IEnumerable<string> names) =>
        names.Where(name => TakenAt(name) is not null).OrderByDescending(TakenAt).Skip(Kept);
}
