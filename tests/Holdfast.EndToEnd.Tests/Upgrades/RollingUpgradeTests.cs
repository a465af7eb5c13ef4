using System.Globalization;
using System.Text.Json;
using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Xunit;
using Xunit.Abstractions;

namespace Holdfast.EndToEnd.Tests.Upgrades;

/// <summary>From one build to another that is really different: a newer record format, with one more key. A writer and a service that beats run all the time.</summary>
[Collection(ShortLeases.Name)]
public sealed class RollingUpgradeTests(ThreeNodesAndNextBuild lab, ITestOutputHelper output) : IClassFixture<ThreeNodesAndNextBuild>, IAsyncLifetime
{
    private const string Data = "/srv/ledger/data/numbers";

    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task A_cluster_goes_from_one_build_to_the_next_under_load_by_planned_moves_alone()
    {
        var (a, b, c) = (lab["a"], lab["b"], lab["c"]);
        await Cluster.ApplyAsync(a, Ledger);
        await Cluster.ApplyAsync(a, Declarations.Beating("beat", "10.77.0.181", 7181, "preferred-owners: [b]"));
        await lab.OnlineAsync("ledger", a);
        await lab.OnlineAsync("beat", b);
        var writer = lab.Lab.Client.Start(["perl", "/opt/services/writer.pl", "10.77.0.180", "7180", "/opt/beats/acknowledged"]);
        await lab.UntilAsync(() => lab.Numbers("acknowledged").Count > 20, "the writer writes");

        // Not everywhere yet: nothing is touched.
        await InstallAsync(2, a, b);
        var refused = await Cluster.RefusedAsync(a, 4, "upgrade.not-installed", "cluster", "upgrade");
        Assert.Contains("c has 0.1.0", refused, StringComparison.Ordinal);
        Assert.All(await BuildsAsync(a), node => Assert.StartsWith("0.1.0", node.Text("agent"), StringComparison.Ordinal));

        // One node: the others are of the older build, and nothing that they could not read gets into the store.
        await InstallAsync(2, c);
        await Cluster.CommandAsync(a, "node", "upgrade", "c");
        Assert.Equal(["0.1.0", "0.1.0", "0.2.0"], (await BuildsAsync(a)).Select(node => node.Text("agent").Split('+')[0]));
        var file = await c.WriteAsync(Declarations.Sleeping("told", "purpose: a key that the older build does not know"));
        Assert.Contains("'purpose'", await Cluster.RefusedAsync(c, 4, "format.not-yet", "apply", "-f", file), StringComparison.Ordinal);
        Assert.DoesNotContain(await Cluster.RolesAsync(a), role => role.Text("name") == "told");

        // Interrupted half-way, and taken up again by the node that is restarted in the course of it.
        await InterruptAsync(b);
        var told = await WalkAsync(a, "cluster", "upgrade");
        output.WriteLine(told);
        Assert.Equal(["0.2.0", "0.2.0", "0.2.0"], (await BuildsAsync(a)).Select(node => node.Text("agent").Split('+')[0]));
        Assert.All((await Cluster.QueryAsync(a, "node", "list")).EnumerateArray(), node => Assert.Equal("active", node.Text("intent")));
        await Cluster.RefusedAsync(c, 4, "format.not-yet", "apply", "-f", file);

        await WalkAsync(b, "cluster", "upgrade", "--finish");
        await Cluster.CommandAsync(c, "apply", "-f", file);
        await lab.OnlineAsync("told");

        // What people had of it: every acknowledged number, one owner at a time, and owners that changed by plan alone.
        lab.Lab.Client.Send(writer.Id!.Value, Signal.Kill);
        var (acknowledged, kept) = (lab.Numbers("acknowledged"), await KeptAsync());
        output.WriteLine($"{acknowledged.Count} acknowledged");
        Assert.Empty(acknowledged.Except(kept));
        var runs = lab.Beats("beat").RequireOneAtATime();
        foreach (var (before, after) in runs.Zip(runs.Skip(1))) output.WriteLine($"beat from {before.Node} to {after.Node}: {(after.First - before.Last).TotalMilliseconds:0} ms");
        foreach (var role in (string[])["ledger", "beat"])
        {
            var history = (await Cluster.QueryAsync(a, "role", "show", role)).GetProperty("history").EnumerateArray().Select(decision => decision.Text("kind")).ToList();
            Assert.Empty(history.Except(["firstStart", "drain", "failback", "plannedMove"]));
            Assert.Contains("drain", history);
        }

        // The older build is no way back from here: it neither joins nor starts anything, and says why.
        var token = await Cluster.TokenAsync(a);
        Assert.Contains("format", await Cluster.RefusedAsync(lab.Spare, 4, "node.outdated", "node", "join", "--token", token, "--address", lab.Spare.Address, "--node", "d"), StringComparison.Ordinal);
        await InstallAsync(1, c);
        await Cluster.CommandAsync(a, "node", "drain", "c");
        await lab.UntilAsync(async () => (await Cluster.NodeAsync(a, "c")).GetProperty("roles").GetArrayLength() == 0, "c has no roles");
        c.Send(c.Find(ProductProcess.Leash)[0], Signal.Terminate);
        await lab.UntilAsync(async () => (await Cluster.TryCommandAsync(c, "cluster", "status")) is { ExitCode: 4 } status && status.Output.TrimEnd().EndsWith("[format.too-new]", StringComparison.Ordinal), "the older build says that it cannot read the store");
        Assert.Equal("down", (await Cluster.NodeAsync(a, "c")).Text("state"));

        await InstallAsync(2, c);
        c.Send(c.Find(ProductProcess.Leash)[0], Signal.Terminate);
        await lab.AllUpAsync();
    }

    [ClusterFact]
    public async Task The_timing_changes_while_everything_runs_and_back()
    {
        var a = lab["a"];
        await Cluster.ApplyAsync(a, Declarations.Beating("steady", "10.77.0.182", 7182));
        await lab.OnlineAsync("steady");
        var started = Cluster.Hosts.ToDictionary(host => host.Name, host => EtcdOf(host).Process);
        await Cluster.RefusedAsync(a, 2, "profile.unknown", "cluster", "profile", "hasty");

        var quick = await ChangeTimingAsync(a, "lan");
        if (quick.Refused is { } unfit)
        {
            // The machine is too busy for such leases now, which is what is measured first: then nothing may have changed.
            Assert.EndsWith("[profile.unfit]", unfit, StringComparison.Ordinal);
            Assert.Equal("wan", (await Cluster.QueryAsync(a, "cluster", "status")).Text("profile"));
            output.WriteLine(unfit);
        }
        else
        {
            await RequireTimingAsync("lan", "200");
            Assert.True(quick.Members[^1] < quick.Leases, "leases shrank before the members of etcd were quick");
        }

        var slow = await ChangeTimingAsync(a, "wan");
        Assert.Null(slow.Refused);
        await RequireTimingAsync("wan", "1500");

        // Members restart under long leases only, so no restart costs a role anything. What a busy machine does to short leases between the two is not what this is about.
        Assert.True(quick.Refused is not null || slow.Leases < slow.Members[0], "members of etcd were made slow before the leases grew");
        var runs = lab.Beats("steady").RequireOneAtATime();
        foreach (var (before, after) in runs.Zip(runs.Skip(1)))
            Assert.True(quick.Refused is null && before.Last > quick.Members[^1] && before.Last < slow.Leases, $"the role was not kept while leases were long: {before}, {after}; {quick}; {slow}");

        async Task RequireTimingAsync(string profile, string election)
        {
            Assert.Equal(profile, (await Cluster.QueryAsync(lab["c"], "cluster", "status")).Text("profile"));
            foreach (var host in Cluster.Hosts)
            {
                var etcd = EtcdOf(host);
                Assert.Equal(election, etcd.Election);
                Assert.True(quick.Refused is not null || etcd.Process != started[host.Name], $"{host.Name}: etcd was not restarted");
                started[host.Name] = etcd.Process;
            }
        }
    }

    /// <summary>What a change of timing did, by the times at which it told of its steps, on the machine's boot clock.</summary>
    private sealed record TimingSteps(string? Refused, IReadOnlyList<TimeSpan> Members, TimeSpan Leases)
    {
        public override string ToString() => $"members at {string.Join(", ", Members)}, leases at {Leases}";
    }

    private static async Task<TimingSteps> ChangeTimingAsync(LabHost host, string profile)
    {
        var result = await host.RunAsync(["bash", "-c", $"set -o pipefail; holdfast cluster profile {profile} 2>&1 | while IFS= read -r line; do read -r up _ </proc/uptime; echo \"$up $line\"; done"], TimeSpan.FromMinutes(3));
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (result.ExitCode != 0) return new(lines[^1], [], default);
        return new(null, [.. Times("its member of etcd runs")], Times("every node's lease lives").LastOrDefault());

        IEnumerable<TimeSpan> Times(string said) => lines.Where(line => line.Contains(said, StringComparison.Ordinal)).Select(line => TimeSpan.FromSeconds(double.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture)));
    }

    private static (int Process, string Election) EtcdOf(LabHost host)
    {
        var process = host.Find(ProductProcess.Etcd)[^1];
        var arguments = host.CommandLine(process);
        return (process, arguments[arguments.ToList().IndexOf("--election-timeout") + 1]);
    }

    private static string Ledger => $$"""
        roles:
          ledger:
            preferred-owners: [a]
            resources:
              disk: { type: disk, device: /dev/shared/ledger, target: /srv/ledger, fence: lease }
              folder: { type: script, online: [/usr/bin/install, -d, -o, nobody, /srv/ledger/data], offline: [/usr/bin/true], depends-on: [disk], user: root }
              address: { type: ip-address, address: 10.77.0.180/24 }
              service:
                type: process
                command: [/usr/bin/perl, /opt/services/ledger.pl, "7180", {{Data}}]
                user: nobody
                depends-on: [folder, address]
                probes:
                  - { tcp: "127.0.0.1:7180" }
        """;

    /// <summary>What an installer leaves: the link leads to the other build. What runs, runs on.</summary>
    private static async Task InstallAsync(int build, params LabHost[] hosts)
    {
        foreach (var host in hosts) await host.ShellAsync($"ln -sfn /opt/builds/{build} /opt/holdfast");
    }

    /// <summary>A walk takes longer than other commands.</summary>
    private static async Task<string> WalkAsync(LabHost host, params string[] arguments)
    {
        var result = await host.RunAsync(["holdfast", .. arguments], TimeSpan.FromMinutes(4));
        Assert.True(result.ExitCode == 0, $"{result.ExitCode}: {result.Output}");
        return result.Output;
    }

    /// <summary>Ends a walk as soon as it has begun to empty a node.</summary>
    private async Task InterruptAsync(LabHost host)
    {
        var walk = host.Start(["holdfast", "cluster", "upgrade"]);
        await lab.UntilAsync(async () => (await Cluster.QueryAsync(lab["c"], "node", "list")).EnumerateArray().Any(node => node.Text("intent") == "draining"), "the walk has begun");
        if (walk.Id is { } id) host.Send(id, Signal.Kill);
    }

    private async Task<IReadOnlyList<JsonElement>> BuildsAsync(LabHost asked) => [.. (await Cluster.QueryAsync(asked, "cluster", "upgrade", "--check")).GetProperty("nodes").EnumerateArray()];

    private async Task<HashSet<int>> KeptAsync()
    {
        var owner = await lab.OnlineAsync("ledger");
        return [.. (await owner.ShellAsync($"cat {Data}")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
    }
}
