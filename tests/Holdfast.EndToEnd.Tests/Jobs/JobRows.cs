using System.Globalization;
using System.Text.Json;
using Holdfast.EndToEnd.Tests.Labs;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Jobs;

/// <summary>The ledger of one job that is due at equal intervals, looked at so often that no row is forgotten in between.</summary>
internal sealed class JobRows(string job, TimeSpan every)
{
    private readonly SortedDictionary<string, JsonElement> _rows = new(StringComparer.Ordinal);

    /// <summary>Gets the job.</summary>
    public string Job => job;

    /// <summary>Gets how many runs were completed.</summary>
    public int Completed => _rows.Values.Count(row => State(row) == "completed");

    /// <summary>Gets how many took more than one attempt.</summary>
    public int Resumed => _rows.Values.Count(row => row.Number("attempts") > 1);

    /// <summary>Gets when a run is due next, as far as the ledger was seen.</summary>
    public DateTimeOffset NextDue => Due(_rows.Values.Last()) + every;

    /// <summary>Gets whether there is a row, and none is open.</summary>
    public bool IsAtRest => _rows.Count > 0 && _rows.Values.All(IsOver);

    /// <summary>Takes in the ledger as it is now: what was over before has not changed.</summary>
    public void Saw(IEnumerable<JsonElement> rows)
    {
        var seen = rows.ToList();
        Assert.Equal(seen.Count, seen.Select(row => row.Text("id")).Distinct().Count());
        Assert.True(seen.Count(row => !IsOver(row)) <= 1, $"{job} has two open runs.");
        foreach (var row in seen)
        {
            var id = row.Text("id");
            if (!_rows.TryGetValue(id, out var before) || !IsOver(before)) _rows[id] = row;
            else if (IsOver(row)) Assert.Equal((id, State(before), before.Text("snapshot"), before.Number("attempts")), (id, State(row), row.Text("snapshot"), row.Number("attempts"))); // Else the node that was asked is behind.
        }
    }

    /// <summary>Every time that was due has its row; each completed run had its effect once and no other run any; each attempt was made at most once, and no two at a time.</summary>
    /// <param name="effects">The runs, as often as they had their effect.</param>
    /// <param name="attempts">Run, attempt and node of each that was made.</param>
    /// <param name="overlaps">The runs that found another at work.</param>
    public void Check(IReadOnlyList<string> effects, IReadOnlyList<string> attempts, IReadOnlyList<string> overlaps)
    {
        CheckRows();
        Assert.Empty(overlaps);
        Assert.Equal(_rows.Values.Where(row => State(row) == "completed").Select(row => row.Text("id")), effects.Order(StringComparer.Ordinal));
        Assert.All(attempts.GroupBy(line => line[..line.LastIndexOf(' ')]), attempt => Assert.Single(attempt));
        Assert.All(attempts.Select(line => line.Split(' ')), words => Assert.InRange(int.Parse(words[1], CultureInfo.InvariantCulture), 1, _rows[words[0]].Number("attempts")));
    }

    /// <summary>Every time that was due has its row, and the vault has one snapshot for each completed run and nothing else.</summary>
    public void Check(IEnumerable<string> snapshots)
    {
        CheckRows();
        Assert.Equal(_rows.Values.Where(row => State(row) == "completed").Select(row => row.Text("snapshot")).Order(StringComparer.Ordinal), snapshots.Order(StringComparer.Ordinal));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{job}: {_rows.Count} due runs, {string.Join(", ", _rows.Values.GroupBy(State).Select(group => $"{group.Count()} {group.Key}"))}, {Resumed} with more than one attempt, {_rows.Values.Sum(row => row.Number("attempts"))} attempts";

    private void CheckRows()
    {
        var due = _rows.Values.Select(Due).ToList();
        Assert.All(due.Zip(due.Skip(1)), pair => Assert.Equal(pair.First + every, pair.Second));
        // Merged into another is a row that says so. Missed would be one that nobody could start for minutes; and nothing of this job fails.
        Assert.All(_rows.Values, row => Assert.True(State(row) is "completed" or "skipped", $"Run {row.Text("id")} of {job} is {State(row)}: {row.Text("reason")}"));
    }

    private static string State(JsonElement row) => row.Text("state");

    private static bool IsOver(JsonElement row) => State(row) is "completed" or "failed" or "missed" or "skipped";

    private static DateTimeOffset Due(JsonElement row) => row.GetProperty("due").GetDateTimeOffset();
}
