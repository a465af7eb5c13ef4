using System.Diagnostics;
using System.Globalization;
using Dapper;
using Holdfast.Management.Repository;
using Holdfast.Management.Repository.Queries;
using Holdfast.Management.Repository.Rows;

namespace Holdfast.Bench.Management;

/// <summary>Asks each question many times, each time for another part of the history, and one at a time as a console does.</summary>
internal sealed class Asking(RepositoryDatabase database)
{
    private const int Times = 200;
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(20);
    private readonly Random _random = new(1);

    /// <summary>Asks all, and prints a table.</summary>
    public async Task RunAsync()
    {
        Console.WriteLine("\n| question (100 rows a page) | rows | p50 ms | p95 ms | longest ms | CPU ms |\n| --- | --: | --: | --: | --: | --: |");
        var (newest, oldest) = (await EdgeAsync(), Filling.Start);
        await OperationsAsync("all", _ => new());
        await OperationsAsync("all, somewhere in the middle", _ => new() { To = oldest + ((newest - oldest) * _random.NextDouble()) });
        await OperationsAsync("job", _ => new(Job: Any("job-", 200)));
        await OperationsAsync("state failed", _ => new(State: "failed"));
        await OperationsAsync("state completed, in the middle", _ => new(State: "completed") { To = oldest + ((newest - oldest) * _random.NextDouble()) });
        await OperationsAsync("node", _ => new(Node: Any("node-", 5)));
        await OperationsAsync("kind", _ => new(Kind: "check"));
        await OperationsAsync("policy", _ => new(Policy: Any("policy-", 10)));
        await OperationsAsync("thing", _ => new(Thing: Any("thing-", 200)));
        await OperationsAsync("job, failed, of a month", _ => new(Job: Any("job-", 200), State: "failed") { From = newest.AddDays(-60), To = newest.AddDays(-30) });
        await OperationsAsync("state, node and kind", _ => new(State: "failed", Node: Any("node-", 5), Kind: "backup"));
        await OperationsAsync("what there is none of (kind and node)", _ => new(Kind: "check", Node: "node-9"));
        await OperationsAsync("what there is none of in the commonest state", _ => new(State: "completed", Node: "node-9"));
        await OperationsAsync("proofs of a thing by a policy", _ => new(Kind: "proof", Policy: Any("policy-", 10), Thing: Any("thing-", 200)));
        await AskAsync("operations: one by its id", async i => await database.Operations.FindAsync($"job-{i % 200}:r{i * 1000}", default) is null ? 0 : 1);
        await AskAsync("operations: count of a day by state", async _ => (await database.Operations.CountAsync(newest.AddDays(-1), default)).Count);
        await EventsAsync("all", _ => new());
        await EventsAsync("kind", _ => new("resource.failed"));
        await EventsAsync("kinds (role.*)", _ => new("role.*"));
        await EventsAsync("role", _ => new(Role: Any("job-", 200)));
        await EventsAsync("node, in the middle", _ => new(Node: Any("node-", 5)) { To = oldest + ((newest - oldest) * _random.NextDouble()) });
        await EventsAsync("a common text", _ => new(Text: "attempt 1"));
        await EventsAsync("a text that is nowhere", _ => new(Text: "needle"));
        await EventsAsync("role and text", _ => new(Role: Any("job-", 200), Text: "9"));
        await AskAsync("events: the stream", async _ => (await database.Events.AfterAsync(_random.Next(1_000_000), 100, default)).Length);
        await AskAsync("audit: all", async _ => (await database.Audit.ListAsync(new(), default)).Items.Length);
        await AskAsync("audit: who", async _ => (await database.Audit.ListAsync(new("user " + Any("person-", 40)), default)).Items.Length);
        await AskAsync("audit: text", async _ => (await database.Audit.ListAsync(new(Text: "job-77/"), default)).Items.Length);
        await AskAsync("placements: role", async _ => (await database.Placements.ListAsync(new(Any("job-", 200)), default)).Items.Length);
        await AskAsync("placements: all", async _ => (await database.Placements.ListAsync(new(), default)).Items.Length);
        await AskAsync("alerts: open", async _ => (await database.Alerts.ListAsync(new("open"), default)).Items.Length);
        await AskAsync("alerts: rule and severity", async _ => (await database.Alerts.ListAsync(new(Rule: Any("rule-", 12), Severity: "critical"), default)).Items.Length);
        await AskAsync("snapshots: vault", async _ => (await database.Snapshots.ListAsync(new(Any("/srv/vault-", 4)), default)).Items.Length);
        await AskAsync("snapshots: host", async _ => (await database.Snapshots.ListAsync(new(Host: Any("job-", 200)), default)).Items.Length);
        await AskAsync("snapshots: thing and vault", async _ => (await database.Snapshots.ListAsync(new(Any("/srv/vault-", 4), Any("thing-", 200)), default)).Items.Length);
        await AskAsync("vaults", async _ => (await database.Vaults.ListAsync(default)).Length);
        await AskAsync("chart of a day, one job", async _ => (await database.Samples.ReadAsync(Chart.Throughput, newest.AddDays(-1), newest, Any("job-", 200), default)).Sum(line => line.Points.Length));
        await AskAsync("chart of a year, all jobs", async _ => (await database.Samples.ReadAsync(Chart.Throughput, newest.AddDays(-365), newest, null, default)).Sum(line => line.Points.Length));
        Console.WriteLine();
    }

    private async Task<DateTimeOffset> EdgeAsync() => (await database.Operations.ListAsync(new() { Limit = 1 }, default)).Items[0].Due;

    private string Any(string prefix, int of) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{_random.Next(of)}");

    private Task OperationsAsync(string what, Func<int, OperationsQuery> query) => AskAsync($"operations: {what}", async i => (await database.Operations.ListAsync(query(i), default)).Items.Length);

    private Task EventsAsync(string what, Func<int, EventsQuery> query) => AskAsync($"events: {what}", async i => (await database.Events.ListAsync(query(i), default)).Items.Length);

    private async Task AskAsync(string what, Func<int, Task<int>> ask)
    {
        await ask(0); // The first of a kind is compiled and planned.
        var (took, rows, begun, worked) = (new List<double>(), 0, Stopwatch.GetTimestamp(), await WorkedAsync());
        for (var i = 0; i < Times && (i < 20 || Stopwatch.GetElapsedTime(begun) < Most); i++)
        {
            var at = Stopwatch.GetTimestamp();
            rows = await ask(i);
            took.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        }

        var cpu = (await WorkedAsync() - worked).TotalMilliseconds / took.Count;
        took.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {rows} | {took[took.Count / 2]:0.0} | {took[(int)(took.Count * 0.95)]:0.0} | {took[^1]:0.0} | {cpu:0.0} |"));
    }

    // What this process and the server's sessions with it worked: that, other than how long an answer took, does not depend on who else is at work on the machine.
    private async Task<TimeSpan> WorkedAsync()
    {
        var own = Environment.CpuUsage.TotalTime;
        if (database.State.Kind != "postgres") return own;
        var sessions = await database.ReadAsync(connection => connection.QueryAsync<int>("SELECT pid FROM pg_stat_activity WHERE application_name = 'holdfast-management'"), default);
        return own + TimeSpan.FromMicroseconds(sessions.Sum(pid => File.Exists($"/proc/{pid}/schedstat") ? long.Parse(File.ReadAllText($"/proc/{pid}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1000.0 : 0));
    }
}
