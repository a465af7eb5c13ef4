using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Clusters;

/// <summary><c>holdfast cluster move-store</c>: a cluster of one machine becomes one that others can join.</summary>
internal static class MoveStoreCommand
{
    public static Verb Create()
    {
        var address = Arguments.Text("--address", "The address at which the other nodes will reach this one.", "ADDRESS");
        var store = Arguments.Text("--store", "A PostgreSQL database to move to instead of etcd on this node; '-' reads it from standard input.", "ADDRESS");
        var yes = Confirmation.Option();
        return new Verb("move-store", "Move a cluster of one machine from its embedded store to etcd, so that other nodes can join. Its roles stop and start again.",
            "holdfast cluster move-store --address 10.0.0.11", "holdfast cluster move-store --address 10.0.0.11 --store - --yes < database-address") { address, store, yes }
            .Does(async (run, cancellationToken) =>
            {
                var database = run.Get(store) == "-" ? (await run.Surroundings.In.ReadLineAsync(cancellationToken))?.Trim() ?? "" : run.Get(store);
                var request = new MoveStoreRequest(run.Get(address) ?? throw Arguments.AddressMissing(), database);
                Confirmation.Ask(run, yes, "Every role stops and starts again. Move the store now?");
                await ProgressView.FollowAsync(run.Report, "Moving the store…", run.Agent.MoveStoreAsync(request, cancellationToken), cancellationToken);
            });
    }
}
