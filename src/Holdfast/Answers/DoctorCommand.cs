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
        var repair = new Option<bool>("--repair") { Description = "Also change what a command can mend: a service that answers under its node's name instead of its role's. Restarts that service." };
        return new Verb("doctor", "Look for what cannot work, on every node: network both ways, ports, packet sizes, clocks, versions, disks, the store, timing, certificates, names. Exits with 4 when something cannot.", "holdfast doctor", "holdfast doctor --all", "holdfast doctor --repair") { all, repair }
            .Does(async (run, cancellationToken) =>
            {
                var report = await run.Agent.DoctorAsync(cancellationToken);
                run.Report.Result(report, NodeApiJson.Printed.DoctorReport, told => Write(told, run.Get(all), run.Report));
                foreach (var resource in run.Get(repair) ? report.Findings.Select(finding => finding.Repair?.Split('/')).OfType<string[]>() : [])
                    run.Report.Line((await run.Agent.ResourceActAsync(resource[0], resource[1], "use-network-name", cancellationToken)).Message);
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
