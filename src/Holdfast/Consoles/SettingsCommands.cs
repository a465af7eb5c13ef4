using System.CommandLine;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Management.Settings;

namespace Holdfast.Cli.Consoles;

/// <summary><c>holdfast settings …</c></summary>
internal static class SettingsCommands
{
    public static VerbGroup Create() => new("settings", "What the management service is set to.", "holdfast settings show", "holdfast settings set history.eventsDays=30 secondPerson.acts=node.evict,role.delete")
    {
        Show(),
        Set(),
        TestDatabase(),
    };

    private static Verb Show() => new Verb("show", "Show the settings.", "holdfast settings show", "holdfast settings show --json")
        .Does((run, cancellationToken) => run.ShowAsync(ManagementApi.Settings, json => json.JsonElement, settings =>
        {
            var table = new TextTable("NAME", "VALUE");
            foreach (var (name, value) in SettingsText.Flat(settings).Where(item => item.Name != "revision")) table.Row(name, value.Length == 0 ? SettingsEdit.Nothing : value);
            table.Write(run.Report.Out, run.Report.Palette, run.Report.Width);
        }, cancellationToken));

    private static Verb Set()
    {
        var changes = new Argument<string[]>("NAME=VALUE") { Description = $"What shall be what; lists with commas, '{SettingsEdit.Nothing}' for nothing.", Arity = ArgumentArity.OneOrMore };
        return new Verb("set", "Change settings, all of those named or none.", "holdfast settings set history.eventsDays=30", "holdfast settings set secondPerson.all=true", "holdfast settings set consoleAddress=https://holdfast.example.org:7400") { changes }
            .Does(async (run, cancellationToken) =>
            {
                var settings = await run.Agent.GetAsync(ManagementApi.Settings, NodeApiJson.Default.JsonObject, cancellationToken);
                var changed = run.Get(changes).Aggregate(settings, SettingsEdit.Set);
                run.Report.Done(await run.Agent.PutAsync(ManagementApi.Settings, changed, NodeApiJson.Default.JsonObject, NodeApiJson.Default.Done, cancellationToken));
            });
    }

    private static Verb TestDatabase()
    {
        var file = Arguments.Text("--database-file", "A file with the address, postgres://USER:PASSWORD@HOST/DATABASE. The default tries the database that is in use.", "FILE");
        return new Verb("test-database", "Try whether a PostgreSQL could be the repository database, from the node that owns the management service. Changes nothing in it.", "holdfast settings test-database --database-file /etc/holdfast/history.url") { file }
            .Does(async (run, cancellationToken) =>
            {
                var address = run.Get(file) is { } path ? (await File.ReadAllTextAsync(path, cancellationToken)).Trim() : null;
                var report = await run.Agent.PostAsync(ManagementApi.TestDatabase, new DatabaseAsked(address), NodeApiJson.Default.DatabaseAsked, NodeApiJson.Default.DatabaseReport, cancellationToken);
                run.Report.Result(report, NodeApiJson.Printed.DatabaseReport, found =>
                {
                    run.Report.Line($"{found.Database}{(found.Version is { } version ? $", {version}, {found.Milliseconds} ms" : "")}");
                    run.Report.Line(found.Hint is { } hint ? $"{found.Sentence} {hint}" : found.Sentence);
                });
                return (int)(report.Works ? ExitCode.Ok : ExitCode.Conflict);
            });
    }
}
