using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Disks;

/// <summary>A service with its data on a shared disk and its address, as people have them.</summary>
public sealed class SharedDiskTests(ThreeNodesWithDisk lab) : IClassFixture<ThreeNodesWithDisk>, IAsyncLifetime
{
    private const string Target = "/srv/orders";

    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task What_was_synced_is_there_after_a_power_off_of_the_owner()
    {
        await Cluster.ApplyAsync(lab["a"], Orders("orders", "lease", "preferred-owners: [b, c, a]"));
        var owner = await lab.OnlineAsync("orders");
        await owner.ShellAsync($"echo kept >{Target}/kept; sync {Target}/kept; echo lost >{Target}/lost");
        var number = await SyncedAsync(owner);

        await owner.PowerOffAsync();
        var taker = await TakenOverAsync(owner);

        Assert.Equal("kept", (await taker.ShellAsync($"cat {Target}/kept")).Trim());
        Assert.Equal("", await taker.ShellAsync($"cat {Target}/lost 2>/dev/null || true"));
        Assert.True(await SyncedAsync(taker) >= number - 1); // The last number read may not have been synced yet.
        Assert.Contains("10.77.0.170", await taker.ShellAsync("ip -o addr show"), StringComparison.Ordinal);

        await owner.PowerOnAsync();
        await lab.AllUpAsync();
        Assert.Equal("", await MountsAsync(owner));
        await Cluster.MoveAsync(owner, "orders", owner.Name);
        Assert.Equal("kept", (await owner.ShellAsync($"cat {Target}/kept")).Trim());
        Assert.Equal("", await MountsAsync(taker));
    }

    [ClusterFact]
    public async Task A_moved_disk_was_unmounted_cleanly()
    {
        await Cluster.ApplyAsync(lab["a"], Orders("orders", "operator", "preferred-owners: [a]"));
        await lab.OnlineAsync("orders", lab["a"]);
        await lab["a"].ShellAsync($"echo from-a >{Target}/moved"); // Not synced: a clean unmount does that.

        await Cluster.MoveAsync(lab["a"], "orders", "b"); // An operator's word is not needed: the owner was seen to finish.

        Assert.Equal("from-a", (await lab["b"].ShellAsync($"cat {Target}/moved")).Trim());
        Assert.Equal("", await MountsAsync(lab["a"]));
        // Every machine lists it, and it is a local volume where it is attached and nowhere else.
        await lab.UntilAsync(async () => await SharedAsync("a") == "onlineElsewhere b here: 0" && await SharedAsync("b") == "attachedHere b here: 1", "both machines say where the shared volume is");
        await Cluster.CommandAsync(lab["a"], "role", "stop", "orders", "--wait");
        Assert.Equal("", await MountsAsync(lab["b"]));
        Assert.Contains("Filesystem state:         clean", await lab["b"].ShellAsync("dumpe2fs -h /dev/shared/orders 2>/dev/null"), StringComparison.Ordinal);
        Assert.DoesNotContain("needs_recovery", await lab["b"].ShellAsync("dumpe2fs -h /dev/shared/orders 2>/dev/null"), StringComparison.Ordinal);
    }

    private async Task<string> SharedAsync(string node)
    {
        var told = await Cluster.QueryAsync(lab[node], "volumes");
        var facts = Assert.Single(told.GetProperty("shared").EnumerateArray()).GetProperty("facts");
        return $"{facts.Text("status")} {facts.Text("owner")} here: {told.GetProperty("local").EnumerateArray().Count(volume => volume.Text("sharedVolumeId") == facts.Text("id"))}";
    }

    [ClusterFact]
    public async Task A_disk_that_needs_an_operators_word_waits_for_it()
    {
        await Cluster.ApplyAsync(lab["a"], Orders("orders", "operator", "preferred-owners: [c, b, a]"));
        var owner = await lab.OnlineAsync("orders");
        await owner.ShellAsync($"echo kept >{Target}/guarded; sync {Target}/guarded");
        var asked = Cluster.Hosts.First(host => host != owner);

        await owner.PowerOffAsync();

        await lab.UntilAsync(async () => (await Cluster.TryQueryAsync(asked, "role", "list"))?[0] is { } role && role.Text("state") == "waiting" && role.Text("reason").Contains("confirm-down", StringComparison.Ordinal), "the role waits for an operator");
        var reason = (await Cluster.RoleAsync(asked, "orders")).Text("reason");
        Assert.Contains($"holdfast node confirm-down {owner.Name}", reason, StringComparison.Ordinal);
        foreach (var host in Cluster.Hosts.Where(host => host.IsOn)) Assert.Equal("", await MountsAsync(host));

        await Cluster.CommandAsync(asked, "node", "confirm-down", owner.Name, "--yes");

        var taker = await lab.OnlineAsync("orders", asked: asked);
        Assert.NotSame(owner, taker);
        Assert.Equal("kept", (await taker.ShellAsync($"cat {Target}/guarded")).Trim());
    }

    [ClusterFact]
    public async Task A_disk_that_another_host_has_mounted_by_hand_is_refused()
    {
        await lab["c"].ShellAsync("mkdir -p /srv/hand; mount /dev/shared/orders /srv/hand");
        try
        {
            var file = await lab["a"].WriteAsync(Orders("orders", "lease", "possible-owners: [a, b]"));
            var error = await Cluster.RefusedAsync(lab["a"], 2, "declaration.invalid", "apply", "-f", file);

            Assert.Contains("mounted on /srv/hand of node c", error, StringComparison.Ordinal);
            Assert.Contains("unmount it there", error, StringComparison.Ordinal);
            Assert.Empty(await Cluster.RolesAsync(lab["a"]));
        }
        finally
        {
            await lab["c"].ShellAsync("umount /srv/hand");
        }

        await Cluster.ApplyAsync(lab["a"], Orders("orders", "lease", "possible-owners: [a, b]"));
        await lab.OnlineAsync("orders");
    }

    [ClusterFact]
    public async Task An_owner_whose_cable_is_pulled_has_unmounted_before_another_node_mounts()
    {
        await Cluster.ApplyAsync(lab["a"], Orders("orders", "lease", "preferred-owners: [b, c, a]"));
        var owner = await lab.OnlineAsync("orders");
        await owner.ShellAsync($"echo kept >{Target}/pulled; sync {Target}/pulled");

        await owner.PullCableAsync();
        var taker = await TakenOverAsync(owner);

        Assert.Equal("", await MountsAsync(owner));
        Assert.Empty(owner.FindRole("orders"));
        Assert.Equal("kept", (await taker.ShellAsync($"cat {Target}/pulled")).Trim());
        await owner.PlugCableAsync();
        await lab.AllUpAsync();
    }

    /// <summary>A stopped leash has the mounts open, and with them their old blocks: what it could still write would be written under the next owner.</summary>
    [ClusterFact]
    public async Task A_leash_that_hangs_lets_go_of_its_disk_before_its_next_owner_writes_there()
    {
        await Cluster.ApplyAsync(lab["a"], Orders("orders", "lease", "preferred-owners: [b, c, a]"));
        var owner = await lab.OnlineAsync("orders");
        await owner.ShellAsync($"for i in $(seq 200); do head -c 20000 /dev/urandom >{Target}/old$i; done"); // Not synced: blocks that wait to be written.
        var leash = Assert.Single(owner.Find(ProductProcess.Leash));
        var epoch = (await Cluster.RoleAsync(owner, "orders")).Text("epoch");
        var asked = Cluster.Hosts.First(host => host != owner);

        owner.Send(leash, Signal.Stop);
        string written;
        LabHost taker; // Its own node, too: with a new leash it is back before the old lease's margin is over, and preferred.
        try
        {
            await lab.UntilAsync(async () => (await Cluster.TryQueryAsync(asked, "role", "list"))?[0] is { } role && role.Text("state") == "online" && role.Text("epoch") != epoch, "the role is taken over");
            taker = await lab.OnlineAsync("orders", asked: asked);
            Assert.DoesNotContain(leash, owner.Find(ProductProcess.Leash));
            written = await taker.ShellAsync($"cd {Target}; for i in $(seq 200); do head -c 20000 /dev/urandom >new$i; done; sync; cat new* | sha256sum");
        }
        finally
        {
            if (owner.Find(ProductProcess.Leash).Contains(leash)) owner.Send(leash, Signal.Continue);
        }

        await lab.AllUpAsync();
        await owner.ShellAsync("sync");
        await Cluster.CommandAsync(taker, "role", "stop", "orders", "--wait");
        await taker.ShellAsync("e2fsck -f -n /dev/shared/orders; echo 1 >/proc/sys/vm/drop_caches");
        await taker.ShellAsync($"mount -o ro /dev/shared/orders {Target}");
        try
        {
            Assert.Equal(written, await taker.ShellAsync($"cd {Target}; cat new* | sha256sum"));
        }
        finally
        {
            await taker.ShellAsync($"umount {Target}");
        }
    }

    private static string Orders(string name, string fence, string more) => $$"""
        roles:
          {{name}}:
            restarts: 100 in 15m
            failovers: 100 in 15m
            {{more}}
            resources:
              disk: { type: disk, device: /dev/shared/orders, target: {{Target}}, fence: {{fence}} }
              folder: { type: script, online: [/usr/bin/install, -d, -o, nobody, {{Target}}/data], offline: [/usr/bin/true], depends-on: [disk], user: root }
              address: { type: ip-address, address: 10.77.0.170/24 }
              service:
                type: process
                command: [/usr/bin/perl, /opt/services/count.pl, {{Target}}/data/counter]
                user: nobody
                depends-on: [folder, address]
        """;

    /// <summary>The last number that the service has synced, once it has synced one.</summary>
    private async Task<int> SyncedAsync(LabHost host)
    {
        var number = 0;
        await lab.UntilAsync(async () => int.TryParse((await host.ShellAsync($"cat {Target}/data/counter 2>/dev/null || true")).Trim(), out number) && number > 0, "the service writes");
        return number;
    }

    private static Task<string> MountsAsync(LabHost host) => host.ShellAsync($"findmnt -n -o SOURCE {Target} || true");

    private async Task<LabHost> TakenOverAsync(LabHost from)
    {
        var asked = Cluster.Hosts.First(host => host != from);
        await lab.UntilAsync(async () => (await Cluster.TryQueryAsync(asked, "role", "list"))?[0] is { } role && role.Text("state") == "online" && role.Text("owner") != from.Name, "another node takes the role");
        return await lab.OnlineAsync("orders", asked: asked);
    }
}
