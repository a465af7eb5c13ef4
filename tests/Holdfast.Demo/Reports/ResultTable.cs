using System.Globalization;
using Spectre.Console;

namespace Holdfast.Demo.Reports;

/// <summary>The table at the end: medians when there were several runs, with the worst beside.</summary>
internal static class ResultTable
{
    public static void Print(IReadOnlyList<FaultResult> results, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var (title, isNumber) in new[] { ("fault", false), ("role", false), ("client's outage", true), ("detection", true), ("takeover", true), ("acknowledged lost", true), ("double active", true) })
        {
            var column = new TableColumn(title);
            table.AddColumn(isNumber ? column.RightAligned() : column);
        }

        foreach (var group in results.GroupBy(result => (result.Fault, result.Role)))
        {
            table.AddRow(
                group.Key.Fault,
                group.Key.Role,
                Summary(group.Select(result => (double?)result.OutageMs)),
                Summary(group.Select(result => result.DetectionMs)),
                Summary(group.Select(result => result.TakeoverMs)),
                Count(group.Sum(result => result.AcknowledgedLost)),
                Count(group.Sum(result => result.DoubleActive)));
        }

        console.Write(table);
    }

    internal static double Median(IReadOnlyList<double> sorted) =>
        sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;

    private static string Summary(IEnumerable<double?> values)
    {
        var sorted = values.OfType<double>().Order().ToList();
        return sorted.Count switch
        {
            0 => "-",
            1 => Milliseconds(sorted[0]),
            _ => $"{Milliseconds(Median(sorted))} (worst {Milliseconds(sorted[^1])})",
        };
    }

    private static string Milliseconds(double value) => value.ToString("0", CultureInfo.InvariantCulture) + " ms";

    private static string Count(int count) => count == 0 ? "0" : $"[red]{count}[/]";
}
