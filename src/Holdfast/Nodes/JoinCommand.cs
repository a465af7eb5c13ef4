using System.CommandLine;
using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Nodes;

/// <summary><c>holdfast node join</c>: this machine becomes a node.</summary>
internal static class JoinCommand
{
    public static Verb Create()
    {
        var token = new Option<string>("--token") { Description = "What 'holdfast cluster token' printed; '-' reads it from standard input.", HelpName = "TOKEN", Required = true };
        var address = Arguments.Text("--address", "The address at which the other nodes reach this one.", "ADDRESS");
        var node = Arguments.Text("--node", "This node's name. The default is the host name.", "NAME");
        var witness = new Option<bool>("--witness") { Description = "It only votes: two members and a witness are a full cluster." };
        var client = new Option<bool>("--client") { Description = "It is protected by jobs of its own and takes part in nothing else: it may sleep or be away. For laptops, workstations, servers outside the cluster." };
        return new Verb("join", "Make this machine a node of a cluster.",
            "holdfast node join --token TOKEN --address 10.0.0.12", "holdfast node join --token - --address 10.0.0.13 --witness < token",
            "holdfast node join --token TOKEN --address 10.0.0.77 --client")
        {
            token, address, node, witness, client,
        }.Does(async (run, cancellationToken) =>
        {
            var given = run.Get(token);
            // Standard input keeps the secret out of the process list.
            var secret = given == "-" ? (await run.Surroundings.In.ReadLineAsync(cancellationToken))?.Trim() ?? "" : given;
            if (secret.Length == 0) throw new UsageException("token-missing", "The token is empty.", "Make one on a node of the cluster: holdfast cluster token.");

            var request = new JoinRequest(secret, run.Get(node) ?? Arguments.HostName(), run.Get(address) ?? throw Arguments.AddressMissing(), run.Get(witness), run.Get(client));
            await ProgressView.FollowAsync(run.Report, "Joining…", run.Agent.JoinAsync(request, cancellationToken), cancellationToken);
        });
    }
}
