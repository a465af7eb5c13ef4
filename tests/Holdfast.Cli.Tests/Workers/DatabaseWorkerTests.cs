using System.Text.Json;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Roles;
using Holdfast.Protection.Tests.Databases;

namespace Holdfast.Cli.Tests.Workers;

/// <summary>Database jobs on a real PostgreSQL, in this process, with the test as their agent.</summary>
public sealed class DatabaseWorkerTests(WorkerFolder folder) : IClassFixture<WorkerFolder>
{
    [Fact]
    public async Task Jobs_of_a_database_make_one_chain_wherever_its_server_runs_and_a_proof_job_starts_it()
    {
        using var server = PostgresServer.Create();
        server.Ask("create table orders (id bigserial primary key, what text); insert into orders (what) values ('first')");

        var full = await RunAsync("orders", "a", ("data", server.Data));
        server.Archive();
        var log = await RunAsync("orders", "a", ("type", "log"), ("spool", server.Spool));
        // The disk goes to another node: another place, another postmaster, the same database.
        server.Stop();
        var moved = PostgresServer.MakeFolder("holdfast-pg-moved-");
        PostgresServer.Run("mv", server.Data, $"{moved}/data");
        using var elsewhere = PostgresServer.On($"{moved}/data");
        elsewhere.Ask("insert into orders (what) values ('second')");
        var incremental = await RunAsync("orders", "b", ("data", elsewhere.Data));
        List<WorkerMessage.Result> more = [];
        foreach (var what in (string[])["third", "fourth"])
        {
            elsewhere.Ask($"insert into orders (what) values ('{what}')");
            elsewhere.Archive();
            more.Add(await RunAsync("orders", "b", ("type", "log"), ("spool", elsewhere.Spool)));
        }

        Assert.All([full, log, incremental, .. more], result => Assert.True(result.Completed, result.Reason));
        Assert.Empty(Directory.EnumerateFiles(elsewhere.Spool));
        Assert.Equal(["full", "log", "incremental", "log", "log"], await TypesAsync("orders"));

        // The rules choose among the bases; the log follows, without a gap.
        var (_, prune) = new JobOfTest("tidy", folder.Properties(("keep", PropertyValue.Of([KeyValuePair.Create("last", "1")])), ("host", PropertyValue.Of("orders")))).Begin("c", 1);
        Assert.Equal(2, (await new WorkerInProcess("prune", prune).ResultAsync()).Figures!["forgotten"]);
        Assert.Equal(["incremental", "log", "log"], await TypesAsync("orders"));
        var scratch = PostgresServer.MakeFolder("holdfast-pg-scratch-");
        var (_, proof) = new JobOfTest("prove", folder.Properties(("scratch", PropertyValue.Of(scratch)), ("host", PropertyValue.Of("orders")))).Begin("c", 1);
        var proven = await new WorkerInProcess("proof", proof).ResultAsync();

        Assert.True(proven.Completed, proven.Reason);
        Assert.Contains("database orders was restored and its server started on it", proven.Reason, StringComparison.Ordinal);
        Assert.True(proven.Figures!["logs"] >= 2, $"{proven.Figures["logs"]} files of log were replayed");
        Assert.StartsWith("full", (await RunAsync("orders", "b", ("data", elsewhere.Data), ("type", "differential"), ("full-every", "1ms"))).Reason, StringComparison.Ordinal);
        foreach (var made in (string[])[moved, scratch]) Directory.Delete(made, recursive: true);
    }

    [Fact]
    public async Task Log_that_may_not_be_recorded_stays_in_the_spool_and_log_that_was_recorded_late_stays_in_the_vault()
    {
        using var server = PostgresServer.Create();
        server.Archive();
        var files = Directory.GetFiles(server.Spool).Order(StringComparer.Ordinal).ToList();
        var job = Job("bills", ("type", "log"), ("spool", server.Spool));

        var refused = await new WorkerInProcess("database", job.Begin("a", 1).Assignment, name => new WorkerAnswer(name, Granted: false, Reason: "the run went on elsewhere")).ResultAsync();
        Assert.False(refused.Completed);
        Assert.Equal(files, Directory.GetFiles(server.Spool).Order(StringComparer.Ordinal));
        Assert.Empty(await TypesAsync("bills"));

        var (_, assignment) = job.Begin("a", 2);
        var stored = await new WorkerInProcess("database", assignment with { SharedVolumes = ["bills/data"] }, name => new WorkerAnswer(name, Granted: true)).ResultAsync();
        Assert.Empty(Directory.EnumerateFiles(server.Spool));
        var machine = await folder.MachineAsync(stored.Snapshot!);
        Assert.Equal(("a", "bills/data"), (machine.Node, machine.SharedVolumes));
        Assert.Equal(0, machine.Delta); // What the refused attempt stored is there.
        // The node was lost before it could tell: the next attempt finds it. A later run is told that it came late.
        var found = await new WorkerInProcess("database", assignment with { Claimed = stored.Snapshot }, _ => throw new InvalidOperationException("It claims another.")).ResultAsync();
        server.Ask("create table bills (id int)");
        server.Archive();
        var next = await new WorkerInProcess("database", assignment with { Late = [stored.Snapshot!] }, name => new WorkerAnswer(name, Granted: true)).ResultAsync();

        Assert.All([stored, found, next], result => Assert.True(result is { Completed: true, Snapshot: not null }, result.Reason));
        Assert.Equal(stored.Snapshot, found.Snapshot);
        Assert.Equal(["log", "log"], await TypesAsync("bills"));
    }

    [Fact]
    public async Task A_spool_that_is_not_there_is_no_empty_one_and_a_server_that_does_not_run_may_run_again()
    {
        var log = await RunAsync("gone", "a", ("type", "log"), ("spool", folder.In("no-spool")));
        var stopped = Directory.CreateDirectory(folder.In("stopped")).FullName;
        await File.WriteAllTextAsync(Path.Combine(stopped, "PG_VERSION"), "15\n");
        var data = await RunAsync("gone", "a", ("data", stopped));

        Assert.Equal((ErrorClass.Permanent, ErrorClass.Transient), (log.Error, data.Error));
        Assert.Contains("[database.spool-missing]", log.Reason, StringComparison.Ordinal);
        Assert.Contains("[database.unreachable]", data.Reason, StringComparison.Ordinal);
    }

    private JobOfTest Job(string database, params (string Name, string Value)[] properties) =>
        new(database, folder.Properties([("database", PropertyValue.Of(database)), .. properties.Select(property => (property.Name, PropertyValue.Of(property.Value)))]));

    private Task<WorkerMessage.Result> RunAsync(string database, string node, params (string Name, string Value)[] properties) =>
        new WorkerInProcess("database", Job(database, properties).Begin(node, 1).Assignment, name => new WorkerAnswer(name, Granted: true)).ResultAsync();

    private async Task<IReadOnlyList<string>> TypesAsync(string database)
    {
        using var listed = JsonDocument.Parse((await CommandLineRun.OfAsync(["database", "list", database, "--json", "--vault", folder.Vault, "--password-file", folder.PasswordFile])).Out);
        return [.. listed.RootElement.EnumerateArray().Select(entry => entry.GetProperty("type").GetString()!)];
    }
}
