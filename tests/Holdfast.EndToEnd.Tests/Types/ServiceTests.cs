using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Types;

/// <summary>Services of a real systemd: Debian's nginx.service, and one that takes its time to start.</summary>
public sealed class ServiceTests(ThreeNodesWithSystemd lab) : IClassFixture<ThreeNodesWithSystemd>, IAsyncLifetime
{
    private const string Address = "10.77.0.187";

    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [TypeFact]
    public async Task A_service_fails_over_and_is_gone_from_a_host_that_was_cut_off()
    {
        await Cluster.ApplyAsync(lab["a"], Web("nginx", "preferred-owners: [a, b, c]"));
        var owner = await lab.OnlineAsync("web");
        Assert.Equal("active", await StateAsync(owner));

        await Cluster.MoveAsync(owner, "web", "b");
        Assert.Equal("inactive", await StateAsync(owner));
        Assert.Equal("active", await StateAsync(lab["b"]));

        await lab["b"].PullCableAsync();
        var taker = await TakenOverAsync(lab["b"]);
        Assert.Equal("active", await StateAsync(taker));
        Assert.Contains(await StateAsync(lab["b"]), (string[])["inactive", "failed"]);
        Assert.Empty(Workers(lab["b"]));
        await lab["b"].PlugCableAsync();
        await lab.AllUpAsync();

        // Nobody starts it where the role is not: not by hand, and not by what systemd does by itself.
        var byHand = await lab["b"].RunAsync(["systemctl", "start", "nginx"], ClusterFixture.Limit);
        Assert.NotEqual(0, byHand.ExitCode);
        Assert.Contains("Assertion failed", byHand.Output, StringComparison.Ordinal);
        Assert.Empty(Workers(lab["b"]));
    }

    [TypeFact]
    public async Task A_service_that_dies_is_started_again_by_the_cluster()
    {
        await Cluster.ApplyAsync(lab["a"], Web("nginx", "possible-owners: [a]"));
        await lab.OnlineAsync("web", lab["a"]);
        var before = Workers(lab["a"]);

        await lab["a"].ShellAsync("systemctl kill --signal=KILL nginx");

        await lab.UntilAsync(() => Workers(lab["a"]) is { Count: > 0 } now && !now.Intersect(before).Any(), "it runs anew");
        await lab.OnlineAsync("web", lab["a"]);
    }

    [TypeFact]
    public async Task A_start_that_is_queued_or_under_way_when_the_lease_ends_does_not_go_on()
    {
        foreach (var host in Cluster.Hosts)
        {
            // On a, a start takes longer than the lease has left, and its first command, killed, does not keep the next from being started.
            var wait = host == lab["a"] ? "ExecStartPre=-/usr/bin/sleep 60" : "ExecStartPre=-/usr/bin/true";
            await host.ShellAsync($"printf '%s\\n' '[Service]' 'Type=oneshot' 'RemainAfterExit=yes' 'TimeoutStartSec=100' '{wait}' 'ExecStart=/usr/bin/touch /run/late-start' >/etc/systemd/system/late.service; systemctl daemon-reload; rm -f /run/late-start");
        }

        await Cluster.ApplyAsync(lab["a"], Web("late", "preferred-owners: [a, b, c]"));
        await lab.UntilAsync(async () => (await lab["a"].ShellAsync("systemctl show --property=ActiveState late")).Contains("activating", StringComparison.Ordinal), "it is being started on a");
        await lab["a"].PullCableAsync();

        var taker = await TakenOverAsync(lab["a"]);

        Assert.Equal("", await lab["a"].ShellAsync("systemctl list-jobs --no-legend late.service"));
        Assert.DoesNotContain("activ", (await lab["a"].ShellAsync("systemctl show --property=ActiveState --value late")).Replace("inactive", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(1, (await lab["a"].RunAsync(["test", "-e", "/run/late-start"], ClusterFixture.Limit)).ExitCode);
        await taker.ShellAsync("test -e /run/late-start");
        await lab["a"].PlugCableAsync();
        await lab.AllUpAsync();
    }

    [TypeFact]
    public async Task A_service_that_starts_by_itself_or_is_unknown_is_refused()
    {
        await lab["c"].ShellAsync("systemctl enable nginx");
        try
        {
            var enabled = await Cluster.RefusedAsync(lab["a"], 2, "declaration.invalid", "apply", "-f", await lab["a"].WriteAsync(Web("nginx", "")));
            Assert.Contains("nginx.service is enabled on node c", enabled, StringComparison.Ordinal);
            Assert.Contains("systemctl disable --now nginx.service", enabled, StringComparison.Ordinal);
        }
        finally
        {
            await lab["c"].ShellAsync("systemctl disable nginx");
        }

        var unknown = await Cluster.RefusedAsync(lab["a"], 2, "declaration.invalid", "apply", "-f", await lab["a"].WriteAsync(Web("ngnix", "")));
        Assert.Contains("knows no ngnix.service", unknown, StringComparison.Ordinal);
        Assert.Empty(await Cluster.RolesAsync(lab["a"]));
    }

    private static string Web(string service, string more) => $$"""
        roles:
          web:
            restarts: 100 in 15m
            failovers: 100 in 15m
            {{more}}
            resources:
              address: { type: ip-address, address: {{Address}}/24 }
              server: { type: service, service: {{service}}, check-interval: 500ms, depends-on: [address] }
        """;

    private static async Task<string> StateAsync(LabHost host) => (await host.ShellAsync("systemctl show --property=ActiveState --value nginx")).Trim();

    private static IReadOnlyList<int> Workers(LabHost host) => host.Find(arguments => arguments is [var title, ..] && title.StartsWith("nginx: ", StringComparison.Ordinal));

    private async Task<LabHost> TakenOverAsync(LabHost from)
    {
        var asked = Cluster.Hosts.First(host => host != from);
        await lab.UntilAsync(async () => (await Cluster.TryQueryAsync(asked, "role", "list"))?[0] is { } role && role.Text("state") == "online" && role.Text("owner") != from.Name, "another node takes the role");
        return await lab.OnlineAsync("web", asked: asked);
    }
}
