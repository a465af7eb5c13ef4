using System.Collections.Immutable;
using Dapper;
using Holdfast.Cluster;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Repository;
using Holdfast.Management.Repository.Queries;
using Holdfast.Management.Repository.Rows;
using Holdfast.Management.Repository.Tables;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Management.Tests.Repository;

/// <summary>What both databases do alike.</summary>
public abstract class RepositoryContract : IAsyncLifetime
{
    protected static readonly DateTimeOffset Start = new(2026, 11, 1, 2, 0, 0, TimeSpan.Zero);
    private readonly StillClock _time = new(Start);
    private readonly List<RepositoryDatabase> _opened = [];
    private RepositoryDatabase _database = null!;

    protected abstract RepositoryOptions Options { get; }

    public virtual async Task InitializeAsync() => _database = await OpenAsync(1);

    public virtual async Task DisposeAsync()
    {
        foreach (var database in _opened) await database.DisposeAsync();
    }

    [Fact]
    public async Task Pages_have_each_run_once_newest_first_also_of_one_instant_and_while_new_ones_come()
    {
        await PutAsync(Enumerable.Range(0, 25).Select(i => Run("nightly", i, at: Start.AddMinutes(i / 5))));

        var (seen, after) = (new List<string>(), (string?)null);
        do
        {
            var page = await _database.Operations.ListAsync(new OperationsQuery { After = after, Limit = 4 }, default);
            seen.AddRange(page.Items.Select(row => row.Run));
            after = page.Next;
            await PutAsync([Run("other", 100 + seen.Count, at: Start.AddDays(1))]);
        }
        while (after is not null);

        Assert.Equal(25, seen.Count);
        Assert.Equal(25, seen.Distinct().Count());
        Assert.Equal(seen.OrderByDescending(Minute).Select(Minute), seen.Select(Minute));

        static int Minute(string run) => int.Parse(run[1..], System.Globalization.CultureInfo.InvariantCulture) / 5;
    }

    [Fact]
    public async Task What_a_machine_told_takes_the_place_of_what_it_told_before_until_it_is_forgotten()
    {
        await _database.Machines.PutAsync([new("b", Start, "[1]", "[]"), new("a", Start, "[]", "[]")], default);
        await _database.Machines.PutAsync([new("b", Start.AddHours(1), "[2]", "null")], default);
        Assert.Equal([new MachineRow("a", Start, "[]", "[]"), new MachineRow("b", Start.AddHours(1), "[2]", "null")], (await _database.Machines.ListAsync(default)).AsEnumerable());

        await _database.Machines.RemoveAsync(["a", "nobody"], default);

        Assert.Equal("b", Assert.Single(await _database.Machines.ListAsync(default)).Node);
    }

    [Fact]
    public async Task Filters_hold_together()
    {
        await PutAsync(Enumerable.Range(0, 40).Select(i => Run(i % 2 == 0 ? "even" : "odd", i, state: i % 4 == 0 ? "failed" : "completed", node: i % 5 == 0 ? "a" : "b", kind: i % 8 == 0 ? "prune" : "backup")));

        var page = await _database.Operations.ListAsync(new OperationsQuery(Job: "even", State: "failed", Node: "a", Kind: "prune") { From = Start, To = Start.AddMinutes(40) }, default);

        Assert.Equal(["r0"], page.Items.Select(row => row.Run));
        Assert.Null(page.Next);
        Assert.Equal(10, (await _database.Operations.ListAsync(new OperationsQuery(State: "failed"), default)).Items.Length);
        Assert.Equal(["r39"], (await _database.Operations.ListAsync(new OperationsQuery(Node: "b") { From = Start.AddMinutes(39) }, default)).Items.Select(row => row.Run));
    }

    [Fact]
    public async Task A_run_comes_back_with_all_that_was_known_of_it()
    {
        var row = Run("nightly", 1) with
        {
            Started = Start.AddSeconds(1), Ended = Start.AddSeconds(9), Reason = "it's \"done\"; 100 %", Attempts = 3, Resumed = 1, Retried = 1, Snapshot = "abcd", Vault = "/srv/vault",
            Figures = ImmutableSortedDictionary<string, long>.Empty.Add("bytes", long.MaxValue), Policy = "gold", Thing = "orders",
        };

        await PutAsync([row]);

        var found = await _database.Operations.FindAsync("nightly:r1", default);
        Assert.Equal(row with { Figures = found!.Figures }, found);
        Assert.Equal(row.Figures, found.Figures);
        Assert.Null(await _database.Operations.FindAsync("nightly:none", default));
        Assert.Null(await _database.Operations.FindAsync("none", default));
    }

    [Fact]
    public async Task What_is_over_stays_and_an_earlier_attempt_says_nothing_about_a_later_one()
    {
        var running = Run("nightly", 1, state: "running") with { Attempts = 2, Ended = null, Node = "b" };
        var over = Run("nightly", 1, state: "completed") with { Attempts = 2, Ended = Start.AddHours(1), Node = "b" };

        await PutAsync([running, running with { Attempts = 1, Node = "a" }]);
        Assert.Equal("b", (await _database.Operations.FindAsync("nightly:r1", default))!.Node);
        await PutAsync([over, running with { Attempts = 3 }, over with { State = "failed" }]);

        Assert.Equal("completed", (await _database.Operations.FindAsync("nightly:r1", default))!.State);
    }

    [Fact]
    public async Task A_rare_text_is_found_in_steps_that_look_at_a_bounded_number_of_events_each()
    {
        await FillAsync(KeyedList.MostLooked + 3_000);

        var (steps, found) = await SearchAsync();

        Assert.Equal("a needle, 100% Odd_one", Assert.Single(found).Message);
        Assert.Equal(2, steps);
    }

    [Fact]
    public async Task A_page_that_takes_too_long_says_from_where_to_go_on()
    {
        await FillAsync(1600);
        _time.Step = KeyedList.LookLimit; // Over after the first part.

        var (steps, found) = await SearchAsync();

        Assert.Single(found);
        Assert.Equal(4, steps);
    }

    [Fact]
    public async Task Events_are_filtered_by_a_kind_or_by_how_it_begins_and_followed_by_their_id()
    {
        await WriteAsync(async transaction =>
        {
            foreach (var (kind, i) in new[] { "role.online", "role_x", "job.failed", "role.offline" }.Select((kind, i) => (kind, i)))
                await EventsTable.AddAsync(transaction, Event(i, kind) with { Kind = kind, Role = i == 0 ? "orders" : null });
        });

        Assert.Equal(["role.online", "role.offline"], (await _database.Events.ListAsync(new EventsQuery("role.*"), default)).Items.Select(row => row.Kind));
        Assert.Equal(["role.online"], (await _database.Events.ListAsync(new EventsQuery(Role: "orders", Node: "a", Kind: "role.online"), default)).Items.Select(row => row.Kind));
        var all = await _database.Events.AfterAsync(0, 10, default);
        Assert.Equal(["role_x", "job.failed"], (await _database.Events.AfterAsync(all[0].Id, 2, default)).Select(row => row.Kind));
        Assert.Equal(all[^1].Id, await _database.Events.LastIdAsync(default));
    }

    [Fact]
    public async Task An_owner_that_could_not_say_when_it_ended_ended_when_the_next_began()
    {
        await WriteAsync(async transaction =>
        {
            await PlacementsTable.BeginAsync(transaction, "orders", new Epoch(1, 1), "a", Start, "firstStart", null);
            await PlacementsTable.BeginAsync(transaction, "orders", new Epoch(1, 2), "b", Start.AddHours(1), "nodeLost", 1.25);
            await PlacementsTable.BeginAsync(transaction, "orders", new Epoch(1, 2), "b", Start.AddHours(2), "nodeLost", 9); // Online again at the same epoch.
            await PlacementsTable.BeginAsync(transaction, "other", new Epoch(1, 2), "b", Start.AddMinutes(1), null, null);
            await PlacementsTable.EndAsync(transaction, "orders", new Epoch(1, 2), Start.AddHours(3));
        });

        var rows = (await _database.Placements.ListAsync(new PlacementsQuery("orders"), default)).Items;

        Assert.Equal([new("orders", "b", "1.2", Start.AddHours(1), Start.AddHours(3), "nodeLost", 1.25), new("orders", "a", "1.1", Start, Start.AddHours(1), "firstStart", null)], rows.ToArray());
        Assert.Null((await _database.Placements.ListAsync(new PlacementsQuery("other", "b"), default)).Items[0].To);
    }

    [Fact]
    public async Task Owners_that_are_heard_of_in_any_order_end_when_the_next_one_began()
    {
        await WriteAsync(async transaction =>
        {
            foreach (var number in (int[])[3, 1, 4, 2]) await PlacementsTable.BeginAsync(transaction, "orders", new Epoch(1, number), "a", Start.AddHours(number), null, null);
        });

        var rows = (await _database.Placements.ListAsync(new PlacementsQuery("orders"), default)).Items;

        Assert.Equal([(4, null), (3, 4), (2, 3), (1, 2)], rows.Select(row => ((int)(row.From - Start).TotalHours, (int?)(row.To - Start)?.TotalHours)));
    }

    [Fact]
    public async Task What_a_vault_holds_is_counted_where_it_changes()
    {
        static CatalogueEntry Entry(string id, long? added) => new() { Id = id, Taken = Start, Host = "a", DeltaBytes = added };
        await WriteAsync(async transaction =>
        {
            await VaultsTable.SeeAsync(transaction, "v1", Start, null);
            foreach (var (id, added) in new (string, long?)[] { ("s1", 7), ("s2", null), ("s2", 5), ("s1", 9), ("s3", null) }) await SnapshotsTable.PutAsync(transaction, "v1", Entry(id, added), null, null);
        });
        Assert.Equal((3, 14), (await _database.Vaults.ListAsync(default)).Select(row => (row.Snapshots, row.UsedBytes)).Single());

        await _database.Snapshots.ReplaceCatalogueAsync("v1", [Entry("s2", null), Entry("s4", 1)], Start, default);

        Assert.Equal((2, 6), (await _database.Vaults.ListAsync(default)).Select(row => (row.Snapshots, row.UsedBytes)).Single());
    }

    [Fact]
    public async Task An_alert_has_a_line_of_history_for_each_state_it_came_to()
    {
        var alert = new AlertRow { Id = "rpo:orders", Rule = "rpo", Severity = "critical", Subject = "orders", Sentence = "The RPO of orders is broken.", Opened = Start, Last = Start, State = "open", Flapping = true };
        await _database.Alerts.PutAsync(alert, null, default);
        await _database.Alerts.PutAsync(alert with { Last = Start.AddMinutes(1), Count = 2 }, null, default);
        var acknowledged = alert with { Last = Start.AddMinutes(2), Count = 3, State = "acknowledged", AcknowledgedBy = "ann", Comment = "on it" };
        await _database.Alerts.PutAsync(acknowledged, "ann", default);

        Assert.Equal(acknowledged, await _database.Alerts.FindAsync(alert.Id, default));
        Assert.Equal(acknowledged, Assert.Single(await _database.Alerts.NotClosedAsync(default)));
        Assert.Empty((await _database.Alerts.ListAsync(new AlertsQuery("open"), default)).Items);
        await _database.Alerts.PutAsync(acknowledged with { State = "closed", Closed = Start.AddMinutes(5) }, null, default);
        Assert.Equal([new(Start, "open", null, alert.Sentence), new(Start.AddMinutes(2), "acknowledged", "ann", "on it"), new(Start.AddMinutes(5), "closed", null, alert.Sentence)], (await _database.Alerts.HistoryAsync(alert.Id, default)).ToArray());
        Assert.Empty(await _database.Alerts.NotClosedAsync(default));
    }

    [Fact]
    public async Task A_listing_replaces_the_catalogue_of_its_vault_alone_and_keeps_what_only_results_knew()
    {
        static CatalogueEntry Entry(string id, int hour) => new() { Id = id, Taken = Start.AddHours(hour), Host = "a", Paths = ["/srv/ä"], Tags = ["t"] };
        await WriteAsync(async transaction =>
        {
            await SnapshotsTable.PutAsync(transaction, "v1", Entry("s1", 1) with { DeltaBytes = 7, Type = "full" }, "nightly:r1", "orders");
            await SnapshotsTable.ProveAsync(transaction, "v1", "s1", new SnapshotProof("completed", Start.AddHours(5)));
            await SnapshotsTable.ProveAsync(transaction, "v1", "s1", new SnapshotProof("failed", Start.AddHours(4)));
            await SnapshotsTable.PutAsync(transaction, "v1", Entry("s2", 2), null, null);
            await SnapshotsTable.PutAsync(transaction, "v2", Entry("s1", 1), null, null);
        });

        await _database.Snapshots.ReplaceCatalogueAsync("v1", [Entry("s1", 1) with { Status = "held" }, Entry("s3", 3) with { Type = "incremental" }], Start.AddDays(1), default);

        var rows = (await _database.Snapshots.ListAsync(new SnapshotsQuery("v1"), default)).Items;
        Assert.Equal(["s3", "s1"], rows.Select(row => row.Id));
        Assert.Equal(("held", 7L, "nightly:r1", "orders", new SnapshotProof("completed", Start.AddHours(5)), "full"), (rows[1].Status, rows[1].DeltaBytes, rows[1].Operation, rows[1].Thing, rows[1].Proof, rows[1].Type));
        Assert.Equal(["/srv/ä"], rows[1].Paths.ToArray());
        Assert.Equal("incremental", rows[0].Type);
        Assert.NotNull(await _database.Snapshots.FindAsync("v2", "s1", default));
        Assert.Equal(new VaultRow("v1", 2, 7, Start.AddDays(1), Start.AddDays(1)), Assert.Single(await _database.Vaults.ListAsync(default)));
    }

    [Fact]
    public async Task A_snapshot_whose_tags_were_changed_keeps_its_run_its_thing_and_its_proof()
    {
        static CatalogueEntry Entry(string id, string? first) => new() { Id = id, Original = first, Taken = Start, Host = "a" };
        await WriteAsync(async transaction =>
        {
            await SnapshotsTable.PutAsync(transaction, "v1", Entry("s1", null), "nightly:r1", "orders");
            await SnapshotsTable.ProveAsync(transaction, "v1", "s1", new SnapshotProof("completed", Start.AddHours(5)));
        });

        foreach (var changed in (string[])["s2", "s3"])
        {
            await _database.Snapshots.ReplaceCatalogueAsync("v1", [Entry(changed, "s1")], Start, default);

            var row = Assert.Single((await _database.Snapshots.ListAsync(new SnapshotsQuery("v1"), default)).Items);
            Assert.Equal((changed, "nightly:r1", "orders", new SnapshotProof("completed", Start.AddHours(5))), (row.Id, row.Operation, row.Thing, row.Proof));
        }
    }

    [Fact]
    public async Task What_was_forgotten_is_listed_and_not_counted()
    {
        static CatalogueEntry Entry(string id, string status) => new() { Id = id, Status = status, Taken = Start, Host = "a" };
        await _database.Snapshots.ReplaceCatalogueAsync("v1", [Entry("s1", "complete"), Entry("s2", "forgotten")], Start, default);

        Assert.Equal(2, (await _database.Snapshots.ListAsync(new SnapshotsQuery("v1"), default)).Items.Count());
        Assert.Equal(1, Assert.Single(await _database.Vaults.ListAsync(default)).Snapshots);
    }

    [Fact]
    public async Task The_shared_volumes_of_a_snapshot_are_what_was_said_last_and_silence_says_nothing()
    {
        static CatalogueEntry Entry(string id, params string[]? shared) => new() { Id = id, Taken = Start, Host = "a", SharedVolumes = shared is null ? null : [.. shared] };
        await WriteAsync(async transaction =>
        {
            await SnapshotsTable.PutAsync(transaction, "v1", Entry("s1", "orders/data"), null, null);
            await SnapshotsTable.PutAsync(transaction, "v1", Entry("s2", null), null, null);
        });
        Assert.Equal(["", "orders/data"], await SharedAsync());

        await _database.Snapshots.ReplaceCatalogueAsync("v1", [Entry("s1", null), Entry("s2", "mail/data", "orders/data")], Start, default);
        Assert.Equal(["mail/data,orders/data", "orders/data"], await SharedAsync());
        await _database.Snapshots.ReplaceCatalogueAsync("v1", [Entry("s1"), Entry("s2", null)], Start, default);
        Assert.Equal(["mail/data,orders/data", ""], await SharedAsync());

        async Task<IEnumerable<string>> SharedAsync() => (await _database.Snapshots.ListAsync(new SnapshotsQuery("v1"), default)).Items.OrderByDescending(row => row.Id, StringComparer.Ordinal).Select(row => string.Join(',', row.SharedVolumes));
    }

    [Fact]
    public async Task Which_machine_made_a_snapshot_its_run_knows_better_than_a_listing()
    {
        static CatalogueEntry Entry(string id, string? node) => new() { Id = id, Taken = Start, Host = "nightly", Node = node };
        await WriteAsync(transaction => SnapshotsTable.PutAsync(transaction, "v1", Entry("s1", "a"), "nightly:r1", null));

        await _database.Snapshots.ReplaceCatalogueAsync("v1", [Entry("s1", "a.example.com"), Entry("s2", "a.example.com"), Entry("s3", null)], Start, default);
        await WriteAsync(transaction => SnapshotsTable.PutAsync(transaction, "v1", Entry("s2", "a"), "nightly:r2", null));

        Assert.Equal(["s1", "s2"], (await _database.Snapshots.ListAsync(new SnapshotsQuery(Node: "a"), default)).Items.Select(row => row.Id).Order(StringComparer.Ordinal));
        Assert.Equal("nightly", (await _database.Snapshots.FindAsync("v1", "s1", default))!.Host);
    }

    [Fact]
    public async Task A_chart_has_means_and_extremes_in_no_more_points_than_it_may()
    {
        await _database.Samples.AddAsync([new(Chart.Outages, "orders", Start, 1), new(Chart.Outages, "orders", Start.AddMinutes(1), 3), new(Chart.Outages, "mail", Start.AddDays(-200), 5), new(Chart.Rpo, "orders", Start, 9)], default);

        var near = await _database.Samples.ReadAsync(Chart.Outages, Start.AddHours(-1), Start.AddHours(1), null, default);
        var far = await _database.Samples.ReadAsync(Chart.Outages, Start.AddDays(-300), Start.AddHours(1), null, default);

        Assert.Equal(new ChartPoint(Start, 2, 3), Assert.Single(Assert.Single(near).Points));
        Assert.Equal(["mail", "orders"], far.Select(series => series.Name));
        Assert.Equal(("s", 5.0), (far[0].Unit, far[0].Points[0].Mean));
        Assert.Equal("orders", Assert.Single(await _database.Samples.ReadAsync(Chart.Rpo, Start.AddDays(-1), Start.AddDays(1), "orders", default)).Name);
    }

    [Fact]
    public async Task A_key_is_taken_once_and_gives_its_first_answer_for_a_day()
    {
        Assert.Null(await _database.Idempotency.TakeAsync("ann/k", "POST /x", default));
        Assert.Equal(0, (await _database.Idempotency.TakeAsync("ann/k", "POST /y", default))!.Status);
        await _database.Idempotency.KeepAsync("ann/k", new KeptAnswer("POST /x", 201, "application/json", "{}"), default);
        await _database.Idempotency.ReleaseAsync("ann/k", default); // It is answered: too late.
        Assert.Equal(new KeptAnswer("POST /x", 201, "application/json", "{}"), await _database.Idempotency.TakeAsync("ann/k", "POST /x", default));

        _time.Now += TimeSpan.FromDays(1);

        Assert.Null(await _database.Idempotency.TakeAsync("ann/k", "POST /x", default));
    }

    [Fact]
    public async Task A_writer_of_an_older_epoch_is_refused_and_its_half_of_a_transaction_is_gone()
    {
        var newer = await OpenAsync(2);
        await PutAsync([Run("nightly", 1)], newer);

        var refused = await Assert.ThrowsAsync<HoldfastException>(() => PutAsync([Run("nightly", 2)]));

        Assert.Equal("repository.fenced", refused.Code);
        Assert.False(_database.State.IsUp);
        Assert.Equal("repository.fenced", (await Assert.ThrowsAsync<HoldfastException>(() => _database.OpenAsync(default))).Code);
        Assert.Equal(["r1"], (await newer.Operations.ListAsync(new OperationsQuery(), default)).Items.Select(row => row.Run));
    }

    [Fact]
    public async Task A_transaction_that_fails_leaves_nothing()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync(async transaction =>
        {
            await OperationsTable.PutAsync(transaction, Run("nightly", 1));
            throw new InvalidOperationException("killed");
        }));

        Assert.Empty((await _database.Operations.ListAsync(new OperationsQuery(), default)).Items);
        Assert.True(_database.State.IsUp);
    }

    [Fact]
    public async Task A_schema_of_a_newer_build_is_refused_and_left_alone()
    {
        await WriteAsync(transaction => transaction.Connection!.ExecuteAsync("INSERT INTO schema_version VALUES (99, '099-later.sql', 0)", transaction: transaction));

        var refused = await Assert.ThrowsAsync<HoldfastException>(() => OpenAsync(5));

        Assert.Equal("repository.too-new", refused.Code);
        await PutAsync([Run("nightly", 1)]); // The newer epoch did not take the fence.
    }

    [Fact]
    public async Task A_history_of_the_first_schema_is_brought_up_with_all_that_is_in_it()
    {
        await MakeFirstSchemaAsync(
            """
            INSERT INTO placements (role, generation, number, node, began, ended) VALUES ('orders', 1, 1, 'a', 1000, NULL), ('orders', 1, 2, 'b', 2000, NULL), ('mail', 1, 2, 'b', 3000, 4000);
            INSERT INTO vaults (vault, seen) VALUES ('v1', 1), ('v2', 1);
            INSERT INTO snapshots (vault, id, status, name, delta_bytes, shared_volumes, taken, host, paths, tags) VALUES ('v1', 's1', 'complete', 's1', 7, '[]', 1, 'a', '[]', '[]'), ('v1', 's2', 'complete', 's2', NULL, '[]', 1, 'a', '[]', '[]');
            INSERT INTO samples VALUES ('rpo', 86400, 'orders', 86400000, 2, 8.0, 5.0);
            """);

        await using var database = new RepositoryDatabase(Elsewhere, new Epoch(1, 2), _time, NullLogger<RepositoryDatabase>.Instance);
        await database.OpenAsync(default);

        Assert.Equal([("v1", 2, 7), ("v2", 0, null)], (await database.Vaults.ListAsync(default)).Select(row => (row.Vault, row.Snapshots, row.UsedBytes)));
        Assert.Equal(
            [("mail", 4000), ("orders", null), ("orders", 2000)], (await database.Placements.ListAsync(new PlacementsQuery(), default)).Items.Select(row => (row.Role, row.To?.ToUnixTimeMilliseconds())));
        Assert.Equal(new ChartPoint(DateTimeOffset.FromUnixTimeMilliseconds(86_400_000), 4, 5), (await database.Samples.ReadAsync(Chart.Rpo, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(9), null, default))[0].Points[0]);
        await database.Samples.AddAsync([new(Chart.Rpo, "orders", DateTimeOffset.FromUnixTimeMilliseconds(86_400_000), 1)], default); // Its key is the same.
    }

    [Fact]
    public async Task Processes_that_start_at_once_make_the_tables_once()
    {
        var opened = await Task.WhenAll(Enumerable.Range(2, 6).Select(epoch => Task.Run(async () =>
        {
            var database = new RepositoryDatabase(Elsewhere, new Epoch(1, epoch), _time, NullLogger<RepositoryDatabase>.Instance);
            lock (_opened) _opened.Add(database);
            try
            {
                await database.OpenAsync(default);
                return "opened";
            }
            catch (HoldfastException refused)
            {
                return refused.Code;
            }
        })));

        Assert.All(opened, outcome => Assert.Contains(outcome, (string[])["opened", "repository.fenced"]));
        Assert.Contains("opened", opened);
    }

    [Theory]
    [InlineData(0, null, "request.limit-invalid")]
    [InlineData(501, null, "request.limit-invalid")]
    [InlineData(1, "x", "request.after-invalid")]
    [InlineData(1, "1.2.3", "request.after-invalid")]
    public async Task A_page_that_cannot_be_is_refused(int limit, string? after, string code) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<HoldfastException>(() => _database.Events.ListAsync(new EventsQuery { Limit = limit, After = after }, default))).Code);

    // As the build that knew no other left it.
    private async Task MakeFirstSchemaAsync(string rows)
    {
        await using var dialect = Elsewhere.Dialect();
        await using var connection = await dialect.OpenAsync(default);
        await using var transaction = await dialect.BeginWriteAsync(connection, default);
        await dialect.LockSchemaAsync(transaction, default);
        using var first = new StreamReader(typeof(RepositoryDatabase).Assembly.GetManifestResourceStream("001-begin.sql")!);
        await connection.ExecuteAsync(dialect.Translate($"CREATE TABLE schema_version (version {{int}} PRIMARY KEY, name {{text}} NOT NULL, at {{int}} NOT NULL){{strict}}; INSERT INTO schema_version VALUES (1, '001-begin.sql', 5); {await first.ReadToEndAsync()} {rows}"), transaction: transaction);
        await transaction.CommitAsync();
    }

    // A needle under a stack of hay.
    private Task FillAsync(int hay) => WriteAsync(async transaction =>
    {
        await EventsTable.AddAsync(transaction, Event(0, "a needle, 100% Odd_one"));
        await transaction.Connection!.ExecuteAsync($"INSERT INTO events (at, node, kind, message) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {hay}) SELECT {Start.ToUnixTimeMilliseconds()} + i, 'a', 'tick', 'hay' FROM n", transaction: transaction);
    });

    private async Task<(int Steps, List<EventRow> Found)> SearchAsync()
    {
        var (steps, after, found) = (0, (string?)null, new List<EventRow>());
        do
        {
            var page = await _database.Events.ListAsync(new EventsQuery(Text: "100% ODD_ONE") { After = after }, default);
            found.AddRange(page.Items);
            after = page.Next;
            steps++;
        }
        while (after is not null);
        return (steps, found);
    }

    protected static OperationRow Run(string job, int number, DateTimeOffset? at = null, string state = "completed", string node = "a", string kind = "backup") => new()
    {
        Job = job, Run = $"r{number}", Kind = kind, Due = at ?? Start.AddMinutes(number), State = state, Reason = "", Node = node, Attempts = 1, Ended = state == "running" ? null : Start.AddDays(1),
    };

    protected static EventRow Event(int minute, string message) => new(0, Start.AddMinutes(-minute), "a", "tick", null, null, null, message, null);

    /// <summary>Gets a database that nobody opened yet.</summary>
    protected abstract RepositoryOptions Elsewhere { get; }

    protected async Task<RepositoryDatabase> OpenAsync(long epoch)
    {
        var database = new RepositoryDatabase(Options, new Epoch(1, epoch), _time, NullLogger<RepositoryDatabase>.Instance);
        lock (_opened) _opened.Add(database);
        await database.OpenAsync(default);
        return database;
    }

    protected Task PutAsync(IEnumerable<OperationRow> rows, RepositoryDatabase? into = null) => WriteAsync(async transaction =>
    {
        foreach (var row in rows) await OperationsTable.PutAsync(transaction, row);
    }, into);

    protected Task WriteAsync(Func<System.Data.Common.DbTransaction, Task> act, RepositoryDatabase? into = null) => (into ?? _database).WriteAsync(async transaction =>
    {
        await act(transaction);
        return true;
    }, default);
}
