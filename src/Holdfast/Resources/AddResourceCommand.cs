using System.CommandLine;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Declarations;
using Holdfast.Cluster.Naming;

namespace Holdfast.Cli.Resources;

/// <summary><c>holdfast resource add</c>: any script or service becomes part of a role with one command.</summary>
internal static class AddResourceCommand
{
    public static Verb Create()
    {
        var role = Arguments.Role();
        var name = new Argument<string>("NAME") { Description = "The resource's name." };
        var type = new Option<string>("--type") { Description = "What it is; see 'holdfast resource types'.", HelpName = "TYPE", Required = true };
        var dependsOn = Arguments.List("--depends-on", "The resources that must be online first.", "NAMES");
        var probe = Arguments.Repeated("--probe", "How to ask whether it works: tcp:HOST:PORT, an http URL, or command:COMMAND.", "PROBE");
        var set = Arguments.Repeated("--set", "Any other property of the type; KEY.NAME for an entry of a map.", "KEY=VALUE");
        Option<string?>[] commands =
        [
            Arguments.Text("--command", "process: the program with its arguments.", "COMMAND"),
            Arguments.Text("--online", "script: what brings it online.", "COMMAND"),
            Arguments.Text("--check", "script: what asks whether it is well.", "COMMAND"),
            Arguments.Text("--offline", "script: what takes it offline.", "COMMAND"),
        ];
        Option<string?>[] texts =
        [
            Arguments.Text("--user", "process, script: the account it runs as.", "ACCOUNT"),
            Arguments.Text("--address", "ip-address: the address with its prefix length.", "ADDRESS/PREFIX"),
            Arguments.Text("--interface", "ip-address: the network interface.", "NAME"),
            Arguments.Text("--device", "disk: the block device or image.", "PATH"),
            Arguments.Text("--start-timeout", "How long it may take to come online.", "TIME"),
            Arguments.Text("--stop-timeout", "How long it may take to stop before it is killed.", "TIME"),
        ];

        var verb = new Verb("add", "Add a resource to a role.",
            "holdfast resource add web nginx --type process --command '/usr/sbin/nginx -g \"daemon off;\"' --depends-on address",
            "holdfast resource add web hook --type script --online '/srv/hook start' --offline '/srv/hook stop'",
            "holdfast resource add web address --type ip-address --address 10.0.0.50/24",
            "holdfast resource add web queue --type ocf --set agent=ocf:heartbeat:rabbitmq-server --set parameters.set_policy=ha-all")
        {
            role, name, type, dependsOn, probe,
        };
        foreach (var option in commands.Concat(texts)) verb.Add(option);
        verb.Add(set);
        return verb.Does(async (run, cancellationToken) =>
        {
            var properties = new YamlMap();
            foreach (var option in commands)
            {
                if (run.Get(option) is { } command) properties.Add(KeyOf(option), CommandWords.Split(command));
            }
            foreach (var option in texts) properties.AddUnlessNull(KeyOf(option), run.Get(option));
            var maps = new Dictionary<string, YamlMap>(StringComparer.Ordinal);
            foreach (var pair in run.Get(set))
            {
                var (key, value) = Pair(pair);
                if (key.Split('.', 2) is not [var outer, var inner]) properties.Add(key, value);
                else if (maps.TryGetValue(outer, out var map)) map.Add(inner, value);
                else properties.Add(outer, maps[outer] = new YamlMap().Add(inner, value));
            }

            var resource = EntityName.Require(run.Get(name), "resource");
            var yaml = new YamlMap().Add(resource, ResourceYaml.Of(run.Get(type), properties, run.Get(dependsOn), run.Get(probe))).ToString();
            run.Report.Done(await run.Agent.AddResourceAsync(run.Get(role), yaml, cancellationToken));
        });
    }

    // The options are named like the properties that they set.
    private static string KeyOf(Option option) => option.Name.TrimStart('-');

    private static (string Key, string Value) Pair(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at > 0 ? (text[..at], text[(at + 1)..]) : throw new UsageException("set", $"--set '{text}' is not KEY=VALUE.");
    }
}
