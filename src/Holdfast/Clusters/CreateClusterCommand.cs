using System.CommandLine;
using Holdfast.Agent.Api;
using Holdfast.Agent.Doors;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Cluster.Leases;

namespace Holdfast.Cli.Clusters;

/// <summary><c>holdfast cluster create</c>: this node becomes the first of a new cluster.</summary>
internal static class CreateClusterCommand
{
    public static Verb Create()
    {
        var name = new Argument<string?>("NAME") { Description = "The cluster's name.", Arity = ArgumentArity.ZeroOrOne };
        var nameOption = Arguments.Text("--name", "The cluster's name, when not given first.", "NAME");
        var address = Arguments.Text("--address", "The address at which the other nodes reach this one.", "ADDRESS");
        var node = Arguments.Text("--node", "This node's name. The default is the host name.", "NAME");
        var profile = new Option<string>("--profile") { Description = "How fast a lost node is noticed: fast, lan or wan.", DefaultValueFactory = _ => TimingProfile.Lan.Name };
        profile.AcceptOnlyFromAmong([.. TimingProfile.All.Select(p => p.Name)]);
        var single = new Option<bool>("--single-node") { Description = "One machine for good: an embedded store, no etcd." };

        var store = Arguments.Text("--store", "A PostgreSQL database that all nodes reach, postgres://USER:PASSWORD@HOST/DATABASE; '-' reads it from standard input. The default is etcd on the nodes.", "ADDRESS");

        var management = Arguments.Text("--management-address", "The virtual address of the management service with its prefix length, such as 10.0.0.10/24: the console is there, whichever node serves it.", "ADDRESS");
        var none = new Option<bool>("--no-management") { Description = "No management service; 'holdfast apply' can make the role later." };

        return new Verb("create", "Make this node the first of a new cluster.",
            "holdfast cluster create office --address 10.0.0.11 --management-address 10.0.0.10/24",
            "holdfast cluster create --name office --address 10.0.0.11 --profile wan --node a",
            "holdfast cluster create office --address 10.0.0.11 --store - < database-address")
        {
            name, nameOption, address, node, profile, single, store, management, none,
        }.Does(async (run, cancellationToken) =>
        {
            var request = new CreateClusterRequest(
                NameOf(run.Get(name), run.Get(nameOption)),
                run.Get(node) ?? Arguments.HostName(),
                run.Get(address) ?? (run.Get(single) ? "127.0.0.1" : throw Arguments.AddressMissing()),
                run.Get(profile),
                run.Get(single),
                // Standard input keeps the password out of the process list.
                run.Get(store) == "-" ? (await run.Surroundings.In.ReadLineAsync(cancellationToken))?.Trim() ?? "" : run.Get(store),
                !run.Get(none),
                run.Get(management));
            await ProgressView.FollowAsync(run.Report, $"Creating cluster {request.Name}…", run.Agent.CreateClusterAsync(request, cancellationToken), cancellationToken);
            run.Report.Line();
            if (request.Management) run.Report.Line($"The console is at {(request.SingleNode ? $"http://{DoorAddress.Local}" : DoorAddress.Of(request.ManagementAddress?.Split('/')[0] ?? request.Address))}; 'holdfast console password' makes a password for it.");
            if (request.SingleNode) return;
            run.Report.Line("Add the other nodes: run 'holdfast cluster token' here, then 'holdfast node join' on each.");
        });
    }

    private static string NameOf(string? first, string? option) => (first, option) switch
    {
        (null, null) => throw new UsageException("name-missing", "The cluster needs a name.", "For example: holdfast cluster create office --address 10.0.0.11."),
        ({ } a, { } b) when a != b => throw new UsageException("name-twice", $"The cluster is named twice, '{a}' and '{b}'.", "Give one name."),
        _ => first ?? option!,
    };
}
