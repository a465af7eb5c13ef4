using System.Collections.Immutable;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Settings;
using Holdfast.Store.Memory;
using Holdfast.Store.Registry;

namespace Holdfast.Store.Tests.Backup;

public sealed class StoreRebirthTests
{
    private static readonly NodeName A = new("a"), B = new("b"), C = new("c");

    private readonly MemoryClusterStore _old = new();

    [Theory]
    [InlineData(LeaseState.Live)]
    [InlineData(LeaseState.Closing)]
    [InlineData(LeaseState.Ended)]
    public async Task Every_lease_is_over_and_only_the_node_that_looked_is_known_to_have_stopped(LeaseState state)
    {
        await FillAsync(Lease(A, state), Lease(C, state) with { EndedClean = true, ConfirmedDown = true });

        var view = ViewBuilder.From(await RebornAsync(new StoreRebirth(A, 9)));

        Assert.Equal((LeaseState.Ended, true), (view.Leases[A].Value.State, view.Leases[A].Value.EndedClean));
        Assert.Equal((LeaseState.Ended, false, false), (view.Leases[C].Value.State, view.Leases[C].Value.EndedClean, view.Leases[C].Value.ConfirmedDown));
        Assert.Equal(3, view.Leases[C].Value.Incarnation);
    }

    [Fact]
    public async Task When_nothing_can_be_missing_a_known_end_stays_known()
    {
        await FillAsync(Lease(C, LeaseState.Ended) with { EndedClean = true });

        Assert.True(ViewBuilder.From(await RebornAsync(new StoreRebirth(A, 9) { Lossless = true })).Leases[C].Value.EndedClean);
    }

    [Fact]
    public async Task The_generation_is_the_one_given_and_lost_nodes_are_put_out()
    {
        await FillAsync(Lease(A, LeaseState.Live));

        var view = ViewBuilder.From(await RebornAsync(new StoreRebirth(A, 9) { Lost = [B] }));

        Assert.Equal(9, view.Settings!.Generation);
        Assert.Equal((NodeIntent.Evicted, false, ""), (view.Nodes[B].Value.Intent, view.Nodes[B].Value.Voter, view.Nodes[B].Value.CertificateFingerprint));
        Assert.Equal((NodeIntent.Active, true, "f"), (view.Nodes[A].Value.Intent, view.Nodes[A].Value.Voter, view.Nodes[A].Value.CertificateFingerprint));
    }

    [Fact]
    public async Task Placements_stay_and_what_spoke_of_the_moment_goes()
    {
        await FillAsync(Lease(A, LeaseState.Live));
        await _old.MustCommitAsync(Transactions.Writes(("placements/web", "{}"), ("status/web", "{}"), ("tokens/t", "{}"), ("settings/planner", "{}"), ("jobs/j", "1")));

        var records = new StoreRebirth(A, 9).Records(await _old.ReadAsync("", CancellationToken.None));

        Assert.Equal(["jobs/j", "leases/a", "nodes/a", "nodes/b", "placements/web", "settings/cluster"], records.Keys);
    }

    [Fact]
    public async Task A_store_that_is_only_half_filled_has_no_settings()
    {
        await FillAsync(Lease(A, LeaseState.Live));
        await _old.MustCommitAsync(Transactions.Writes([.. Enumerable.Range(0, 120).Select(i => ($"jobs/{i}", (string?)new string('x', 10_000)))]));

        var transactions = new StoreRebirth(A, 9).Transactions(await _old.ReadAsync("", CancellationToken.None)).ToList();

        Assert.True(transactions.Count > 2);
        Assert.Equal([RegistryKeys.Settings], transactions[^1].Writes.Select(write => write.Key));
        Assert.All(transactions[..^1], transaction => Assert.DoesNotContain(transaction.Writes, write => write.Key == RegistryKeys.Settings));
    }

    [Fact]
    public async Task The_store_stays_shut_for_the_longest_lease_that_anybody_may_hold()
    {
        await FillAsync(Lease(A, LeaseState.Live), Lease(B, LeaseState.Live) with { Duration = TimeSpan.FromSeconds(6), Margin = TimeSpan.FromSeconds(1) });
        var old = await _old.ReadAsync("", CancellationToken.None);

        Assert.Equal(TimeSpan.FromSeconds(7), StoreRebirth.ShutFor(old, TimingProfile.Lan));
        Assert.Equal(TimingProfile.Wan.LeaseDuration + TimingProfile.Wan.Margin, StoreRebirth.ShutFor(old with { Records = old.Records.Clear() }, TimingProfile.Wan));
    }

    [Fact]
    public async Task Nobody_waits_for_the_lease_of_a_client_machine_since_what_it_runs_is_given_to_nobody_else()
    {
        await FillAsync(Lease(A, LeaseState.Live), Lease(B, LeaseState.Live) with { Duration = TimeSpan.FromSeconds(30), Margin = TimeSpan.FromSeconds(1) });
        await _old.MustCommitAsync(new([], [new(RegistryKeys.Node(B), RegistryJson.Encode(Node(B) with { Kind = NodeKind.Client }, RegistryJson.Default.NodeRecord))]));

        Assert.Equal(TimeSpan.FromMilliseconds(828), StoreRebirth.ShutFor(await _old.ReadAsync("", CancellationToken.None), TimingProfile.Lan));
    }

    private static LeaseRecord Lease(NodeName node, LeaseState state) => new()
    {
        Node = node, Incarnation = 3, Nonce = "n", Duration = TimeSpan.FromMilliseconds(700), Margin = TimeSpan.FromMilliseconds(128), State = state, BootId = "boot",
    };

    private static NodeRecord Node(NodeName name) => new()
    {
        Name = name, Kind = NodeKind.Member, Voter = true, Address = "10.0.0.1", ApiPort = 7443, Intent = NodeIntent.Active, CertificateFingerprint = "f",
    };

    private async Task FillAsync(params LeaseRecord[] leases)
    {
        List<StoreWrite> writes =
        [
            new(RegistryKeys.Settings, RegistryJson.Encode(new ClusterSettings { Id = "c1", Name = "office", Profile = "lan", Generation = 1 }, RegistryJson.Default.ClusterSettings)),
            .. new[] { A, B }.Select(node => new StoreWrite(RegistryKeys.Node(node), RegistryJson.Encode(Node(node), RegistryJson.Default.NodeRecord))),
            .. leases.Select(lease => new StoreWrite(RegistryKeys.Lease(lease.Node), RegistryJson.Encode(lease, RegistryJson.Default.LeaseRecord))),
        ];
        await _old.MustCommitAsync(new([], [.. writes]));
    }

    private async Task<StoreView> RebornAsync(StoreRebirth rebirth)
    {
        var fresh = new MemoryClusterStore("fresh");
        foreach (var transaction in rebirth.Transactions(await _old.ReadAsync("", CancellationToken.None))) await fresh.MustCommitAsync(transaction);
        return await fresh.ReadAsync("", CancellationToken.None);
    }
}
