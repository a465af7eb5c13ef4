using System.Globalization;
using Holdfast.Cli.Output;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Vaults;

/// <summary>Snapshots as people read them.</summary>
internal static class SnapshotTable
{
    public static void Write(Report report, IEnumerable<Snapshot> snapshots, Func<Snapshot, string>? last = null, string lastHeading = "")
    {
        var table = last is null ? new TextTable("ID", "TIME", "HOST", "TYPE", "SIZE", "TAGS", "PATHS") : new TextTable("ID", "TIME", "HOST", "TYPE", "SIZE", "TAGS", lastHeading);
        foreach (var snapshot in snapshots)
        {
            table.Row(snapshot.ShortId, snapshot.Time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), Phrases.OrNothing(snapshot.Hostname), TypeOf(snapshot),
                SizeText.Format(snapshot.Summary?.TotalBytesProcessed ?? snapshot.Facts.UsedBytes), TagsOf(snapshot), last?.Invoke(snapshot) ?? report.Name(string.Join(' ', snapshot.Paths)));
        }

        table.Write(report.Out, report.Palette, report.Width);
    }

    private static string TypeOf(Snapshot snapshot) => snapshot.Facts.Type switch { SnapshotType.Full => "full", SnapshotType.Incremental => "incr", _ => Phrases.Nothing };

    private static string TagsOf(Snapshot snapshot)
    {
        var words = snapshot.Tags.Where(tag => !ReservedTags.IsReserved(tag)).ToList();
        if (snapshot.IsHeld()) words.Add("(held)");
        if (snapshot.HasTag(ReservedTags.Repaired)) words.Add("(repaired)");
        if (snapshot.DeleteAfter() is { } time) words.Add(time == DateTimeOffset.MaxValue ? "(trash)" : $"(trash until {time:yyyy-MM-dd})");
        return Phrases.OrNothing(string.Join(' ', words));
    }
}
