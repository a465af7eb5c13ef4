using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Holdfast.Protection.VolumeSnapshots;

/// <summary>The name of a volume snapshot: whose it is can be read from it, so that one that a killed backup left is found without any other record.</summary>
/// <param name="Job">The job that took it.</param>
/// <param name="Run">The run of that job.</param>
/// <param name="Of">What it is of, the last part of its path.</param>
public sealed partial record SnapshotName(string Job, string Run, string Of)
{
    private const int LongestName = 255;

    /// <summary>Reads a name; false for a file that is nobody's snapshot.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SnapshotName? name)
    {
        name = Form().Match(text) is { Success: true } match
            ? new(Uri.UnescapeDataString(match.Groups[1].Value), Uri.UnescapeDataString(match.Groups[2].Value), Uri.UnescapeDataString(match.Groups[3].Value)) : null;
        return name is not null;
    }

    /// <summary>Which of some names a job left behind: all of its own but those of this run and those that are kept.</summary>
    /// <remarks>A job runs once at a time (its lease sees to that), so whatever another run of it left is nobody's any more. Other jobs' are never touched.</remarks>
    public static IReadOnlyList<string> LeftOver(IEnumerable<string> names, string job, string run, IReadOnlySet<string> kept) =>
        [.. names.Where(text => TryParse(text, out var name) && name.Job == job && name.Run != run && !kept.Contains(text))];

    /// <summary>As it is written: <c>.holdfast.nightly.42.disk%2Eimg</c>.</summary>
    /// <exception cref="HoldfastException"><c>snapshot.name-too-long</c>.</exception>
    public override string ToString()
    {
        var text = $".holdfast.{Escape(Job)}.{Escape(Run)}.{Escape(Of)}";
        return text.Length <= LongestName ? text : throw new HoldfastException(ErrorKind.Invalid, "snapshot.name-too-long", $"A snapshot of '{Of}' by job '{Job}' would have a name longer than {LongestName} bytes.", "Give the job a shorter name.");
    }

    private static string Escape(string part) => Uri.EscapeDataString(part).Replace(".", "%2E", StringComparison.Ordinal);

    [GeneratedRegex(@"^\.holdfast\.([^.]+)\.([^.]+)\.([^.]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
