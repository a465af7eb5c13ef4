using System.CommandLine;
using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Answers;

/// <summary><c>holdfast doctor</c></summary>
internal static class DoctorCommand
{
    public static Verb Create()
    {
        var all = new Option<bool>("--all", "-a") { Description = "Also show what is as it should be." };
        return new Verb("doctor", "Look for what cannot work, on every node: network both ways, ports, packet sizes, clocks, versions, disks, the store, timing, certificates. Exits with 4 when something cannot.", "holdfast doctor", "holdfast doctor --all") { all }
            .Does(async (run, cancellationToken) =>
            {
                var report = await run.Agent.DoctorAsync(cancellationToken);
                run.Report.Result(report, NodeApiJson.Printed.DoctorReport, told => Write(told, run.Get(all), run.Report));
                return (int)(report.Works ? ExitCode.Ok : ExitCode.Conflict);
            });
    }

    private static void Write(DoctorReport doctor, bool all, Report report)
    {
        var shown = doctor.Findings.Where(finding => all || finding.Level != FindingLevel.Ok).ToList();
        if (shown.Count > 0)
        {
            var table = new TextTable("NODE", "CHECK", "", "WHAT");
            foreach (var finding in shown) table.Row(finding.Node, finding.Check, Phrases.Word(finding.Level), finding.Do is null ? finding.What : $"{finding.What} {finding.Do}");
            table.Write(report.Out, report.Palette, report.Width);
            report.Line();
        }

        var good = doctor.Findings.Count(finding => finding.Level == FindingLevel.Ok);
        report.Line($"{Phrases.Count(doctor.Findings.Count(finding => finding.Level == FindingLevel.Problem), "problem", "problems")}, {Phrases.Count(doctor.Findings.Count(finding => finding.Level == FindingLevel.Warning), "warning", "warnings")}; {good} looked at and as they should be.");
    }
}
