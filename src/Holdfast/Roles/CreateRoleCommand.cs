using System.CommandLine;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Declarations;
using Holdfast.Cli.Output;
using Holdfast.Cli.Resources;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cli.Roles;

/// <summary><c>holdfast role create</c>: the quick form for the usual role, an address and a process behind it. A file says more: <c>holdfast apply</c>.</summary>
internal static class CreateRoleCommand
{
    public static Verb Create()
    {
        var name = new Argument<string>("NAME") { Description = "The role's name." };
        var process = Arguments.Text("--process", "A program to keep running, with its arguments; it must stay in the foreground.", "COMMAND");
        var user = Arguments.Text("--user", "The account the program runs as.", "ACCOUNT");
        var address = Arguments.Text("--address", "A virtual address that follows the role.", "ADDRESS/PREFIX");
        var @interface = Arguments.Text("--interface", "The network interface of the address. The default is the one in its subnet.", "NAME");
        var probe = Arguments.Repeated("--probe", "How to ask whether the program works: tcp:HOST:PORT or an http URL.", "PROBE");
        var possible = Arguments.List("--possible-owners", "The nodes that may own it. The default is every member.", "NODES");
        var preferred = Arguments.List("--preferred-owners", "The nodes it should be on, best first.", "NODES");
        var failback = Arguments.Text("--failback", "When it goes back to a better node: never, at-once, ask, or a daily window HH:MM-HH:MM in UTC.", "WHEN");
        var wait = Arguments.Wait();
        var timeout = Arguments.Timeout();
        return new Verb("create", "Make a role, in short form.",
            "holdfast role create web --process '/usr/sbin/nginx -g \"daemon off;\"' --address 10.0.0.50/24",
            "holdfast role create tick --process 'sleep infinity' --preferred-owners a,b --failback at-once --wait")
        {
            name, process, user, address, @interface, probe, possible, preferred, failback, wait, timeout,
        }.Does(async (run, cancellationToken) =>
        {
            var role = EntityName.Require(run.Get(name), "role");
            if (!run.Has(process) && (run.Has(user) || run.Has(probe))) throw new UsageException("option-alone", "--user and --probe belong to a program.", "Add --process COMMAND.");
            if (!run.Has(address) && run.Has(@interface)) throw new UsageException("option-alone", "--interface belongs to an address.", "Add --address ADDRESS/PREFIX.");

            var resources = new YamlMap();
            if (run.Get(address) is { } virtualAddress) resources.Add("address", ResourceYaml.Of("ip-address", new YamlMap().AddUnlessNull("address", virtualAddress).AddUnlessNull("interface", run.Get(@interface))));
            if (run.Get(process) is { } command)
            {
                var properties = new YamlMap().Add("command", CommandWords.Split(command)).AddUnlessNull("user", run.Get(user));
                resources.Add("process", ResourceYaml.Of("process", properties, dependsOn: run.Has(address) ? ["address"] : [], probes: run.Get(probe)));
            }
            var declaration = new YamlMap().Add("roles", new YamlMap().Add(role, new YamlMap()
                .AddUnlessEmpty("possible-owners", run.Get(possible))
                .AddUnlessEmpty("preferred-owners", run.Get(preferred))
                .AddUnlessNull("failback", run.Get(failback))
                .Add("resources", resources))).ToString();

            // The dry run checks everything and tells a new role from one that exists; a role made in between would be updated, as by 'apply'.
            var plan = await run.Agent.ApplyAsync(declaration, dryRun: true, cancellationToken);
            if (plan.Changes.FirstOrDefault(change => change.Role == role) is not { Action: "create" })
            {
                throw new HoldfastException(ErrorKind.Conflict, "role.exists", $"Role '{role}' exists already.", $"See 'holdfast role show {role}'; change it with 'holdfast apply'.");
            }
            var applied = await run.Agent.ApplyAsync(declaration, dryRun: false, cancellationToken);
            if (run.Get(wait)) await RoleWait.UntilAsync(run, [role], $"Creating role {role}…", run.Get(timeout), r => r?.State == "online", before: null, cancellationToken, r => RoleWait.Overruled(r, DesiredState.Online));
            run.Report.Result(applied, NodeApiJson.Printed.ApplyResponse, _ =>
            {
                run.Report.Line($"Role {role} is declared.");
                if (!run.Get(wait)) run.Report.Line($"See it start: holdfast role show {role}");
            });
        });
    }
}
