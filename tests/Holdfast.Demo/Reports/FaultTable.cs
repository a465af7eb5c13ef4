using System.Globalization;
using System.Reflection;
using System.Text;
using Holdfast.Demo.Faults;

namespace Holdfast.Demo.Reports;

/// <summary>The table of results in a document: what is between its markers is replaced, the text around it stays.</summary>
internal static class FaultTable
{
    private const string Begin = "<!-- results -->";
    private const string End = "<!-- end of results -->";

    /// <summary>Makes sure that there is such a document.</summary>
    /// <exception cref="InvalidOperationException">There is none, or it has no place for the table.</exception>
    public static void Require(string path)
    {
        if (!File.Exists(path) || Split(File.ReadAllText(path)) is null) throw new InvalidOperationException($"{path} has no place for the table: the lines '{Begin}' and '{End}'.");
    }

    /// <summary>Writes the results.</summary>
    public static void Write(DemoOptions options, IReadOnlyList<FaultReport> reports)
    {
        var (before, after) = Split(File.ReadAllText(options.Table!))!.Value;
        var version = typeof(FaultTable).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+');
        var commit = version.Length > 1 ? $", commit {version[1][..Math.Min(10, version[1].Length)]}" : "";
        var text = new StringBuilder(before).AppendLine(Begin)
            .AppendLine(CultureInfo.InvariantCulture, $"Made {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC with version {version[0]}{commit}, on {Environment.ProcessorCount} cores, profile {options.Profile}: {reports.Count} faults, {reports.Count(report => report.Failure is not null)} of them otherwise than expected.")
            .AppendLine()
            .AppendLine("| fault | what was done | echo: worst gap | orders: worst gap | acknowledged / lost | two owners | redundant after | expected | verdict |")
            .AppendLine("| --- | --- | --: | --: | --: | --: | --: | --- | --- |");
        foreach (var report in reports) text.AppendLine(Row(report));
        File.WriteAllText(options.Table!, text.AppendLine(End).Append(after).ToString());
    }

    private static (string Before, string After)? Split(string document)
    {
        var (begin, end) = (document.IndexOf(Begin, StringComparison.Ordinal), document.IndexOf(End, StringComparison.Ordinal));
        return begin < 0 || end < begin ? null : (document[..begin], document[(end + End.Length)..].TrimStart('\n'));
    }

    private static string Row(FaultReport report)
    {
        var expected = report.Fault.Expectation.Text + (report.Fault.Expectation == Expectation.StopsInTime && report.LastStop is { } stop ? $" (all stopped after {Milliseconds(stop)})" : "");
        var measured = report.Results.Count == 0 ? "| - | - | - | - | -"
            : $"| {Gap("echo")} | {Gap("orders")} | {report.Acknowledged} / {report.Results.Max(result => result.AcknowledgedLost)} | {report.Results.Sum(result => result.DoubleActive)} | {Seconds(report.Redundancy!.Value)}";
        return $"| {report.Fault.Name} | {Cell(report.Fault.Summary)} {measured} | {expected} | {(report.Failure is { } failure ? $"**otherwise**: {Cell(failure)}" : "as expected")} |";

        string Gap(string role) => Milliseconds(TimeSpan.FromMilliseconds(report.Results.First(result => result.Role == role).OutageMs));
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) + " ms";

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";
}
