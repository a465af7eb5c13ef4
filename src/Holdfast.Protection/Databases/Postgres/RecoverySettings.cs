using System.Globalization;
using System.Text;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>The settings with which PostgreSQL recovers. Pure.</summary>
public static class RecoverySettings
{
    /// <summary>The settings for a target.</summary>
    /// <param name="target">How far to go.</param>
    /// <param name="timeline">The timeline to follow.</param>
    /// <param name="restoreCommand">How the log is fetched.</param>
    /// <param name="endCommand">What is run when recovery has ended, or null.</param>
    /// <param name="pause">Whether to wait at the target.</param>
    public static IReadOnlyDictionary<string, string> For(RecoveryTarget target, uint timeline, string restoreCommand, string? endCommand, bool pause)
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal)
        {
            ["restore_command"] = restoreCommand,
            ["recovery_target_timeline"] = timeline.ToString(CultureInfo.InvariantCulture),
        };
        if (endCommand is not null) settings["recovery_end_command"] = endCommand;
        switch (target)
        {
            case RecoveryTarget.Moment moment:
                settings["recovery_target_time"] = moment.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff'+00'", CultureInfo.InvariantCulture);
                break;
            case RecoveryTarget.Place place:
                settings["recovery_target_lsn"] = place.Position;
                break;
            case RecoveryTarget.Transaction transaction:
                // The setting takes the transaction's number without the epoch before it.
                settings["recovery_target_xid"] = ((uint)transaction.Id).ToString(CultureInfo.InvariantCulture);
                break;
            case RecoveryTarget.Consistent:
                settings["recovery_target"] = "immediate";
                break;
        }

        if (target is not RecoveryTarget.End) settings["recovery_target_action"] = pause ? "pause" : "promote";
        return settings;
    }

    /// <summary>Settings as lines of a configuration file.</summary>
    public static string Format(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in settings) text.Append(name).Append(" = '").Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)).Append("'\n");
        return text.ToString();
    }

    /// <summary>A configuration file without earlier settings of recovery: two targets at once are refused.</summary>
    public static string WithoutRecovery(string file) => string.Concat(file.Split('\n')
        .Where(line => line.TrimStart() is var start && !start.StartsWith("recovery_target", StringComparison.Ordinal) && !start.StartsWith("restore_command", StringComparison.Ordinal)
            && !start.StartsWith("recovery_end_command", StringComparison.Ordinal) && !start.StartsWith("archive_cleanup_command", StringComparison.Ordinal) && line.Length > 0)
        .Select(line => line + "\n"));

    /// <summary>A path in a command that a shell runs.</summary>
    public static string Quote(string path) => "\"" + path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("$", "\\$", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal) + "\"";
}
