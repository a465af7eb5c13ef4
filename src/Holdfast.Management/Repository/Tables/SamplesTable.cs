using System.Collections.Immutable;
using System.Data.Common;
using Dapper;
using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Repository.Tables;

/// <summary>What charts are drawn of. Each measurement is added to one point of each step, so that a long chart reads as few rows as a short one.</summary>
public sealed class SamplesTable
{
    /// <summary>The most points that a line has.</summary>
    public const int MostPoints = 500;

    /// <summary>The most lines that a chart has: those with the newest points.</summary>
    public const int MostSeries = 20;

    // How many of the newest points are looked at for who has some: of each that is measured there are a few among them.
    private const int MostLooked = 2_000;

    /// <summary>The steps in seconds, and for how long points of that step are kept; the last as long as the settings say.</summary>
    internal static readonly ImmutableArray<(long Seconds, TimeSpan? Kept)> Steps = [(300, TimeSpan.FromDays(3)), (3600, TimeSpan.FromDays(30)), (86_400, null)];

    private readonly RepositoryDatabase _database;
    private readonly TimeProvider _time;

    internal SamplesTable(RepositoryDatabase database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>Adds what was measured.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>, <c>repository.fenced</c>.</exception>
    public Task AddAsync(IReadOnlyList<Sample> samples, CancellationToken cancellationToken) => _database.WriteAsync(async transaction =>
    {
        foreach (var sample in samples) await AddAsync(transaction, sample);
        return true;
    }, cancellationToken);

    /// <summary>Reads a chart.</summary>
    /// <param name="subject">One job, role or thing; null for all.</param>
    /// <exception cref="HoldfastException"><c>repository.down</c>.</exception>
    public Task<ImmutableArray<ChartSeries>> ReadAsync(Chart chart, DateTimeOffset from, DateTimeOffset to, string? subject, CancellationToken cancellationToken) => _database.ReadAsync<ImmutableArray<ChartSeries>>(async connection =>
    {
        var step = StepFor(from, to, _time.GetUtcNow());
        var values = new { chart = Word(chart), step, from = Floor(Stamp.Of(from), step), to = Stamp.Of(to), most = (long)MostSeries, newest = (long)MostLooked };
        var subjects = subject is not null ? [subject] : (await connection.QueryAsync<string>(new CommandDefinition(
            """
            SELECT subject FROM (SELECT subject, at FROM samples WHERE chart = @chart AND step = @step AND at >= @from AND at < @to ORDER BY at DESC LIMIT @newest) AS newest
            GROUP BY subject ORDER BY max(at) DESC, subject LIMIT @most
            """, values, cancellationToken: cancellationToken))).AsList();
        if (subjects.Count == 0) return [];
        // One question for all lines; each name has a parameter of its own, because the databases' lists differ.
        var asked = new DynamicParameters(values);
        foreach (var (index, name) in subjects.Index()) asked.Add($"line{index}", name);
        var points = (await connection.QueryAsync<Stored>(new CommandDefinition(
            $"SELECT subject, at, count, total, largest FROM samples WHERE chart = @chart AND step = @step AND subject IN ({string.Join(", ", subjects.Select((_, index) => $"@line{index}"))}) AND at >= @from AND at < @to ORDER BY subject, at",
            asked, cancellationToken: cancellationToken))).ToLookup(point => point.Subject, StringComparer.Ordinal);
        return [.. subjects.Order(StringComparer.Ordinal).Select(name => new ChartSeries(name, Unit(chart), Fewer([.. points[name]], step * 1000)))];
    }, cancellationToken);

    /// <summary>The finest step that still has all of a time and no more points than a line may have.</summary>
    internal static long StepFor(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now)
    {
        foreach (var (seconds, kept) in Steps)
        {
            if (kept is not { } span || (from >= now - span && (to - from).TotalSeconds / seconds <= MostPoints)) return seconds;
        }

        return Steps[^1].Seconds;
    }

    internal static async Task AddAsync(DbTransaction transaction, Sample sample)
    {
        foreach (var (seconds, _) in Steps)
        {
            await transaction.Connection!.ExecuteAsync(
                """
                INSERT INTO samples (chart, step, subject, at, count, total, largest) VALUES (@chart, @seconds, @Subject, @at, 1, @Value, @Value)
                ON CONFLICT (chart, step, subject, at) DO UPDATE SET count = samples.count + 1, total = samples.total + excluded.total,
                    largest = CASE WHEN excluded.largest > samples.largest THEN excluded.largest ELSE samples.largest END
                """,
                new { chart = Word(sample.Chart), seconds, sample.Subject, at = Floor(Stamp.Of(sample.At), seconds), sample.Value }, transaction);
        }
    }

    /// <summary>Puts neighbours together until there are no more points than a line may have.</summary>
    internal static ImmutableArray<ChartPoint> Fewer(IReadOnlyList<Stored> points, long step)
    {
        if (points.Count > MostPoints) step *= ((points[^1].At - points[0].At) / step / MostPoints) + 1;
        return
        [
            .. points.GroupBy(point => point.At / step * step)
                .Select(group => new ChartPoint(Stamp.From(group.Key), group.Sum(point => point.Total) / group.Sum(point => point.Count), group.Max(point => point.Largest))),
        ];
    }

    private static long Floor(long at, long seconds) => at - (at % (seconds * 1000));

    /// <summary>A chart in the database.</summary>
    internal static string Word(Chart chart) => chart.ToString().ToLowerInvariant();

    private static string Unit(Chart chart) => chart switch { Chart.Throughput => "bytes/s", Chart.Deduplication => "ratio", _ => "s" };

    internal sealed class Stored
    {
        public string Subject { get; set; } = "";

        public long At { get; set; }

        public long Count { get; set; }

        public double Total { get; set; }

        public double Largest { get; set; }
    }
}
