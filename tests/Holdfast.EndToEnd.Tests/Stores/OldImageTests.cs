using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Stores;

/// <summary>A voter whose disk is put back from an old image has acknowledged what it does not have any more.</summary>
[Collection(ShortLeases.Name)]
public sealed class OldImageTests(ThreeNodes lab) : IClassFixture<ThreeNodes>, IAsyncLifetime
{
    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task It_makes_no_majority_with_one_that_was_away_and_nothing_acknowledged_is_forgotten()
    {
        var (old, other, away) = (lab["a"], lab["b"], lab["c"]);
        await Cluster.ApplyAsync(old, Declarations.Sleeping("before"));
        await lab.OnlineAsync("before");
        await away.PowerOffAsync();
        await GoesOnAsync(old);
        await old.CopyStateDiskAsync();

        // What is acknowledged from here on, the one that is away does not know, and neither does the image.
        await Cluster.ApplyAsync(old, Declarations.Sleeping("since"));
        await GoesOnAsync(old);
        await other.PowerOffAsync();
        await old.PowerOffAsync();
        await old.PutStateDiskBackAsync();
        await away.PowerOnAsync();
        await old.PowerOnAsync();

        // The two of them could elect a leader, and would not know of the role.
        await lab.UntilAsync(() => TellsAsync(old, "node.copy-unproven"), "a says that nobody can tell whether its copy is old");
        await lab.UntilAsync(() => away.Find(ProductProcess.Etcd).Count == 1, "c, which a followed to its end, votes");
        Assert.Empty(old.Find(ProductProcess.Etcd));

        await other.PowerOnAsync();
        await lab.UntilAsync(() => TellsAsync(old, "node.copy-discarded"), "the old copy is discarded");
        await lab.AllUpAsync();
        Assert.Equal("since", (await Cluster.RoleAsync(old, "since")).Text("name"));
        await lab.OnlineAsync("since");
        await lab.UntilAsync(() => TellsAsync(old, "node.votes"), "the member of a has learned everything and votes");
        await away.PowerOffAsync();
        await Cluster.ApplyAsync(other, Declarations.Sleeping("votes")); // With the one that joined again as the other half of the majority.
        await lab.OnlineAsync("votes", asked: other);
    }

    private async Task GoesOnAsync(LabHost host)
    {
        const int Marks = 4;
        var before = await MarkAsync(host);
        await lab.UntilAsync(async () => await MarkAsync(host) > before + Marks, $"the copy of {host.Name} goes on");
    }

    private static async Task<long> MarkAsync(LabHost host)
    {
        var said = await host.RunAsync(["cat", "/run/holdfast/mark"], ClusterFixture.Limit);
        return said.ExitCode == 0 ? long.Parse(said.Output.Trim(), System.Globalization.CultureInfo.InvariantCulture) : 0;
    }

    private async Task<bool> TellsAsync(LabHost host, string kind) =>
        (await Cluster.TryQueryAsync(host, "events", "--node", host.Name, "--limit", "200"))?.EnumerateArray().Any(told => told.Text("kind") == kind) == true;
}
