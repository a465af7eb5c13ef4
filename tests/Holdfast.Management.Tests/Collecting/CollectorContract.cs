using System.Globalization;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Collecting;
using Holdfast.Management.Repository;
using Holdfast.Management.Repository.Queries;
using Holdfast.Management.Repository.Rows;
using Holdfast.Store.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Management.Tests.Collecting;

/// <summary>Collecting into either database: all of it, once.</summary>
public abstract class CollectorContract : CollectorWorld
{
    [Fact]
    public async Task What_nodes_recorded_is_in_the_tables_with_all_that_follows_from_it()
    {
        var figures = new SortedDictionary<string, long> { ["bytes"] = 8000, ["bytesAdded"] = 1000, ["milliseconds"] = 2000, ["snapshotUnixSeconds"] = Start.AddMinutes(1).ToUnixTimeSeconds(), ["incremental"] = 1, ["issues"] = 0 };
        var run = new RunInfo("r1", Start, JobState.Running, "it was due", "a", 1, 0, 0, Start, null, null, new Dictionary<string, long>());
        var subject = new RunSubject("backup", "/srv/vault", "nightly", ["/srv/data"], ["t"]);
        Nodes["a"].Add("job.running", "Run r1 is at work.", "nightly", data: new JournalData(new RunEntry("nightly", subject, run)));
        var done = run with { State = JobState.Completed, Reason = "snapshot abcdef01", Ended = Start.AddMinutes(2), Snapshot = "abcdef0123", Figures = figures };
        Nodes["a"].Add("job.completed", "Run r1 is done.", "nightly", data: new JournalData(new RunEntry("nightly", subject, done)));
        Nodes["a"].Add("job.completed", "Run r1 is done.", "nightly", data: new JournalData(new RunEntry("nightly", subject, done))); // Told again after a crash.
        var proof = run with { Id = "p1", State = JobState.Failed, Ended = Start.AddHours(1) };
        Nodes["b"].Add("job.failed", "Run p1 failed.", "proof", data: new JournalData(new RunEntry("proof", subject with { Kind = "proof" }, proof, "abcdef0123")));
        Nodes["b"].Add("role.online", "Role orders is online.", "orders", epoch: "1.2", data: new JournalData(Owner: new OwnerEntry("orders", "b", "1.2", false, ChangeKind.NodeLost, 1.5)));
        Nodes["b"].Add("audit", "ann: POST", data: new JournalData(Change: new AuditEntry(Start, "user ann", "socket", "b", "POST /v1/roles/orders/move", "done")));

        await CollectAsync();

        var row = await Database.Operations.FindAsync("nightly:r1", default);
        Assert.Equal(("completed", "/srv/vault", 8000L, "gold", "orders-data", Start.AddMinutes(2)), (row!.State, row.Vault, row.Figures["bytes"], row.Policy, row.Thing, row.Ended));
        Assert.Equal(["job.completed", "job.completed", "job.failed", "job.running", "role.online"], (await EventsAsync()).Select(item => item.Kind).Order());
        Assert.Equal("POST /v1/roles/orders/move", Assert.Single((await Database.Audit.ListAsync(new AuditQuery("user ann"), default)).Items).What);
        Assert.Equal(new PlacementRow("orders", "b", "1.2", Start, null, "nodeLost", 1.5), Assert.Single((await Database.Placements.ListAsync(new PlacementsQuery("orders"), default)).Items));
        var snapshot = Assert.Single((await Database.Snapshots.ListAsync(new SnapshotsQuery("/srv/vault"), default)).Items);
        Assert.Equal(("abcdef0123", "incremental", 1000L, Start.AddMinutes(1), "nightly", "nightly:r1", new SnapshotProof("failed", Start.AddHours(1))), (snapshot.Id, snapshot.Type, snapshot.DeltaBytes, snapshot.Taken, snapshot.Host, snapshot.Operation, snapshot.Proof));
        Assert.Equal("/srv/vault", Assert.Single(await Database.Vaults.ListAsync(default)).Vault);
        Assert.Equal(4000, await PointAsync(Chart.Throughput));
        Assert.Equal(8, await PointAsync(Chart.Deduplication));
        Assert.Equal(1.5, await PointAsync(Chart.Outages));
    }

    [Theory]
    [InlineData(CollectorStep.PositionRead)]
    [InlineData(CollectorStep.JournalRead)]
    [InlineData(CollectorStep.RowsWritten)]
    [InlineData(CollectorStep.PositionWritten)]
    [InlineData(CollectorStep.Committed)]
    internal async Task A_collector_killed_anywhere_leaves_nothing_out_and_nothing_twice(CollectorStep at)
    {
        Say(1200); // More than one part.

        for (var life = 1; life <= 3; life++)
        {
            var left = life;
            var dying = Collector(Database);
            dying.OnStep = step =>
            {
                if (step == at && --left == 0) throw new InvalidOperationException("killed");
            };
            await Record.ExceptionAsync(() => dying.CollectAsync("a", default));
        }

        await CollectAsync();

        await AssertAllOnceAsync();
    }

    [Fact]
    public async Task Of_two_collectors_the_one_of_the_older_epoch_writes_nothing()
    {
        Say(600);
        var newer = await OpenAsync(2);
        var (first, second) = (Collector(Database), Collector(newer));
        // The newer one has collected a part between the older one's look and its write.
        first.OnStep = step =>
        {
            if (step == CollectorStep.JournalRead) second.CollectAsync("a", default).GetAwaiter().GetResult();
        };

        var refused = await Assert.ThrowsAsync<HoldfastException>(() => first.CollectAsync("a", default));

        Assert.Equal("repository.fenced", refused.Code);
        await AssertAllOnceAsync(newer);
    }

    [Fact]
    public async Task Of_two_collectors_of_one_epoch_that_read_the_same_one_writes_it()
    {
        Say(20);
        var (first, second) = (Collector(Database), Collector(Database));
        first.OnStep = step =>
        {
            if (step == CollectorStep.JournalRead) second.CollectAsync("a", default).GetAwaiter().GetResult();
        };

        var refused = await Assert.ThrowsAsync<HoldfastException>(() => first.CollectAsync("a", default));

        Assert.Equal("repository.position-moved", refused.Code);
        await AssertAllOnceAsync();
    }

    [Fact]
    public async Task A_node_that_was_installed_again_is_collected_from_its_beginning_and_history_says_so()
    {
        Say(5);
        await CollectAsync();
        await Nodes.ReinstallAsync("a");
        Say(3);

        await CollectAsync();
        await CollectAsync();

        Assert.Single(await EventsAsync(), row => row.Kind == JournalReading.Anew);
        await AssertAllOnceAsync();
    }

    [Fact]
    public async Task A_database_that_is_new_fills_from_the_journals()
    {
        Say(700);
        await CollectAsync();
        await Nodes.RestartAsync("a"); // What is not in memory is read from the files.

        var fresh = await OpenAsync(1, Options with { Schema = Options.Schema + "_fresh", Address = Options.Address.Replace("history.db", "fresh.db", StringComparison.Ordinal) });
        await Collector(fresh).CollectAsync("a", default);

        await AssertAllOnceAsync(fresh);
    }

    [Fact]
    public async Task What_is_old_is_forgotten_and_what_is_open_stays()
    {
        Say(Retention.RowsAtOnce + 10);
        Nodes["a"].Add("role.online", "x", "orders", epoch: "1.2", data: new JournalData(Owner: new OwnerEntry("orders", "a", "1.2", false, ChangeKind.NodeLost, 1.5)));
        var alert = new AlertRow { Id = "1", Rule = "rpo", Severity = "critical", Subject = "orders", Sentence = "s", Opened = Start, Last = Start, State = "open" };
        await Database.Alerts.PutAsync(alert, null, default);
        await Database.Alerts.PutAsync(alert with { Id = "2", State = "closed", Closed = Start }, null, default);
        await Nodes["a"].FlushAsync(default);
        await CollectAsync();
        Time.Now = Start.AddDays(89);
        Assert.Equal(2, await TrimAsync()); // The finer points of the chart.

        Time.Now = Start.AddDays(91);
        await TrimAsync();
        Assert.Empty(await EventsAsync());
        Assert.Single((await Database.Placements.ListAsync(new PlacementsQuery(), default)).Items);
        Time.Now = Start.AddDays(500);
        await TrimAsync();

        Assert.Equal("1", Assert.Single((await Database.Alerts.ListAsync(new AlertsQuery(), default)).Items).Id);
        Assert.Single((await Database.Placements.ListAsync(new PlacementsQuery(), default)).Items); // It is there still.
        Assert.Empty(await Database.Samples.ReadAsync(Chart.Outages, Start.AddDays(-1), Start.AddDays(1), null, default));
    }

    private Task<long> TrimAsync() => new Retention(Database, () => new(), Time, NullLogger<Retention>.Instance).TrimAsync(default);

    private async Task<double> PointAsync(Chart chart) => Assert.Single(Assert.Single(await Database.Samples.ReadAsync(chart, Start.AddHours(-1), Start.AddHours(2), null, default)).Points).Mean;
}
