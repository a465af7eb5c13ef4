using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Cluster.Access;
using Holdfast.Management.Repository;
using Holdfast.Management.Repository.Queries;
using Holdfast.Management.Repository.Rows;
using static Holdfast.Management.Api.Answering;
using static Holdfast.Management.Api.ListQueries;

namespace Holdfast.Management.Api;

/// <summary>What was: read from the repository database, newest first, page by page.</summary>
/// <param name="locationOf">Where the vault of a name is.</param>
internal sealed class HistoryOperations(RepositoryDatabase repository, Func<string, string> locationOf, TimeProvider time)
{
    private static readonly TimeSpan ChartLength = TimeSpan.FromDays(7);

    /// <summary>Every one of them.</summary>
    public IEnumerable<Operation> All() =>
    [
        Get("/operations", AccessLevel.Viewer, "Runs of jobs.", HistoryJson.Default.PageOperationRow, (http, _) => repository.Operations.ListAsync(
            Paged(http, new OperationsQuery(Text(http, "job"), Text(http, "state"), Text(http, "node"), Text(http, "kind"), Text(http, "policy"), Text(http, "thing"))), http.RequestAborted))
            with { Query = Described(("job", "Of this job."), ("state", "In this state."), ("node", "Of this node."), ("kind", "Of this kind of job."), ("policy", "Of this policy."), ("thing", "Of this protected thing.")) },
        Get("/operations/{id}", AccessLevel.Viewer, "One run of a job.", HistoryJson.Default.OperationRow, async (http, _) =>
            await repository.Operations.FindAsync(NodeApi.Part(http, "id"), http.RequestAborted) ?? throw new HoldfastException(ErrorKind.NotFound, "operation.not-found", $"There is no run {NodeApi.Part(http, "id")} in the history.", "GET /api/v1/operations lists them; older ones are forgotten.")),
        Get("/events", AccessLevel.Viewer, "What happened on the nodes.", HistoryJson.Default.PageEventRow, (http, _) => repository.Events.ListAsync(
            Paged(http, new EventsQuery(Text(http, "kind"), Text(http, "role"), Text(http, "node"), Text(http, "text"))), http.RequestAborted))
            with { Query = Described(("kind", "Of this kind; role.* for all that begin so."), ("role", "Of this role."), ("node", "Of this node."), ("text", "Whose message has this in it.")) },
        Get("/history/audit", AccessLevel.Viewer, "Who changed what.", HistoryJson.Default.PageAuditRow, (http, _) => repository.Audit.ListAsync(
            Paged(http, new AuditQuery(Text(http, "who"), Text(http, "text"))), http.RequestAborted)) with { Query = Described(("who", "By this person."), ("text", "What has this in it.")) },
        Get("/history/placements", AccessLevel.Viewer, "Who owned which role when.", HistoryJson.Default.PagePlacementRow, (http, _) => repository.Placements.ListAsync(
            Paged(http, new PlacementsQuery(Text(http, "role"), Text(http, "node"))), http.RequestAborted)) with { Query = Described(("role", "Of this role."), ("node", "By this node.")) },
        Get("/snapshots", AccessLevel.Viewer, "The snapshots of all vaults that were seen.", HistoryJson.Default.PageSnapshotRow, (http, _) => repository.Snapshots.ListAsync(
            Paged(http, new SnapshotsQuery(Text(http, "vault") is { } vault ? locationOf(vault) : null, Text(http, "thing"), Text(http, "host"), Text(http, "node"))), http.RequestAborted)) with { Query = Described(("vault", "In this vault, by its name or by where it is."), ("thing", "Of this protected thing."), ("host", "Of this host."), ("node", "Made on this machine.")) },
        Get("/charts/{chart}", AccessLevel.Viewer, "What was measured over time: throughput, deduplication, outages or rpo; at most 500 points a line.", HistoryJson.Default.ChartAnswer, async (http, _) =>
        {
            var name = NodeApi.Part(http, "chart");
            if (!Enum.TryParse<Chart>(name, ignoreCase: true, out var chart) || char.IsAsciiDigit(name[0])) throw new HoldfastException(ErrorKind.NotFound, "chart.not-found", $"There is no chart '{name}'.", "There are throughput, deduplication, outages and rpo.");
            var to = Time(http, "to") ?? time.GetUtcNow();
            var series = await repository.Samples.ReadAsync(chart, Time(http, "from") ?? to - ChartLength, to, Text(http, "subject"), http.RequestAborted);
            return new ChartAnswer([.. series.Select(line => new ChartLine(line.Name, line.Unit, [.. line.Points.Select(point => new ChartPointInfo(point.At, point.Mean, point.Largest))]))]);
        }) with { Query = new Dictionary<string, string> { ["from"] = "The beginning; a week before the end by default.", ["to"] = "The end; now by default.", ["subject"] = "One line only." } },
    ];
}

/// <summary>GET /api/v1/charts/{chart}</summary>
public sealed record ChartAnswer(IReadOnlyList<ChartLine> Series);

/// <summary>One line.</summary>
/// <param name="Unit">bytes/s, ratio or s.</param>
public sealed record ChartLine(string Name, string Unit, IReadOnlyList<ChartPointInfo> Points);

/// <summary>One step of a line: <c>[time, mean, largest]</c>.</summary>
[JsonConverter(typeof(ChartPointConverter))]
public sealed record ChartPointInfo(DateTimeOffset At, double Mean, double Largest);

internal sealed class ChartPointConverter : JsonConverter<ChartPointInfo>
{
    public override ChartPointInfo Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("Charts are only written.");

    public override void Write(Utf8JsonWriter writer, ChartPointInfo value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(value.At);
        writer.WriteNumberValue(value.Mean);
        writer.WriteNumberValue(value.Largest);
        writer.WriteEndArray();
    }
}
