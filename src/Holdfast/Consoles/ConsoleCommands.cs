using System.CommandLine;
using Holdfast.Agent.Doors;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cluster.Access;
using Holdfast.Management.Api;

namespace Holdfast.Cli.Consoles;

/// <summary><c>holdfast console …</c></summary>
internal static class ConsoleCommands
{
    public static VerbGroup Create() => new("console", "Where the web console is, and who may sign in.", "holdfast console address", "holdfast console password admin")
    {
        Address(),
        Password(),
    };

    private static Verb Address() => new Verb("address", "Say where the console is: at every node, and at the virtual address of the management service.", "holdfast console address")
        .Does(async (run, cancellationToken) =>
        {
            var status = await run.Agent.GetAsync(NodeApi.Cluster, NodeApiJson.Default.ClusterStatus, cancellationToken);
            foreach (var node in status.Nodes) run.Report.Line(DoorAddress.Of(node.Address));
        });

    private static Verb Password()
    {
        var name = new Argument<string>("NAME") { Description = "Who signs in. The default is admin.", DefaultValueFactory = _ => "admin" };
        var level = new Option<string?>("--level") { Description = "What they may do: viewer, operator or admin. The default of somebody new is admin for the first and viewer for others.", HelpName = "LEVEL" };
        level.AcceptOnlyFromAmong("viewer", "operator", "admin");
        return new Verb("password", "Make a password that serves once: to sign in and choose one's own. Makes the person when there is none of that name.", "holdfast console password", "holdfast console password anna --level operator") { name, level }
            .Does(async (run, cancellationToken) =>
            {
                AccessLevel? wanted = run.Get(level) is { } text ? Enum.Parse<AccessLevel>(text, ignoreCase: true) : null;
                var password = await new ConsoleAccount(run.Agent, run.Surroundings.Time).OneTimePasswordAsync(run.Get(name), wanted, cancellationToken);
                if (run.Json) run.Report.JsonText(System.Text.Json.JsonSerializer.Serialize(new PersonDone($"{run.Get(name)} is set.", password), NodeApiJson.Default.PersonDone));
                else run.Report.Line($"{run.Get(name)} signs in once with {password} and chooses a password then.");
            });
    }
}
