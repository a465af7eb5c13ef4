using System.Globalization;
using System.Text.Json;
using Holdfast.Vault.Keeping;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Tests.Snapshots;
using Holdfast.Vault.Tests.Vaults;

namespace Holdfast.Vault.Tests.Keeping;

/// <summary>restic decides on the same histories by the same rules.</summary>
public class KeepRefereeTests
{
    private const int Histories = 12;
    private const int RulesEach = 6;
    private static readonly string[] Tags = ["a", "b", "c"];
    private static readonly int[] OffsetMinutes = [0, 0, 120, -300, 330];

    [Fact]
    public async Task Restic_keeps_the_same_snapshots_for_the_same_reasons()
    {
        await using var restic = await Restic.StartAsync();
        var random = new Random(20260331);
        var tree = (await TestVault.BackUpAsync(restic.Vault, Some.Noon)).Tree;
        var (kept, gone) = (0, 0);
        for (var history = 0; history < Histories; history++)
        {
            foreach (var old in await SnapshotFiles.ListAsync(restic.Vault, null, default)) await SnapshotFiles.RemoveAsync(restic.Vault, old, default);
            foreach (var snapshot in RandomHistory(random)) await SnapshotFiles.SaveAsync(restic.Vault, snapshot with { Tree = tree }, default);
            var all = await SnapshotFiles.ListAsync(restic.Vault, null, default);
            for (var number = 0; number < RulesEach; number++)
            {
                var (rules, options) = RandomRules(random);
                var output = await restic.RunAsync(["forget", "--dry-run", "--json", "--no-lock", "--group-by", "host", .. options]);

                var plan = ForgetPlanner.ByRules(all, SnapshotFilter.All, SnapshotGrouping.Parse("host"), rules, TimeProvider.System.GetUtcNow(), TimeSpan.Zero);

                var expected = ReadKept(output);
                var decided = plan.Groups.SelectMany(group => group.Decisions).Where(decision => decision.Keep).ToDictionary(decision => decision.Snapshot.Id, decision => string.Join(", ", decision.Reasons));
                Assert.True(expected.Count == decided.Count && expected.All(pair => decided.GetValueOrDefault(pair.Key) == pair.Value), $"{string.Join(' ', options)}\n{Difference(expected, decided, all)}");
                kept += decided.Count;
                gone += plan.Forget.Count;
            }
        }

        Assert.True(kept > 500 && gone > 500, $"{kept} kept and {gone} forgotten: the histories try too little.");
    }

    private static IEnumerable<Snapshot> RandomHistory(Random random)
    {
        var spread = TimeSpan.FromHours(random.Next(1, 5) switch { 1 => 20, 2 => 24 * 20, 3 => 24 * 200, _ => 24 * 1500 });
        var end = TimeProvider.System.GetUtcNow().AddDays(random.Next(4) == 0 ? 2 : -random.Next(400));
        for (var number = 0; number < 45; number++)
        {
            var offset = TimeSpan.FromMinutes(OffsetMinutes[random.Next(OffsetMinutes.Length)]);
            var time = end - (spread * Math.Pow(random.NextDouble(), 2));
            yield return new()
            {
                Time = new DateTimeOffset(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero).ToOffset(offset),
                Tree = default,
                Hostname = random.Next(3) == 0 ? "web2" : "web1",
                Paths = ["/srv"],
                Tags = [.. Tags.Where(_ => random.Next(4) == 0)],
            };
        }
    }

    private static (KeepRules Rules, string[] Options) RandomRules(Random random)
    {
        List<string> options = [];
        var rules = new KeepRules
        {
            Last = Count("last"),
            Hourly = Count("hourly"),
            Daily = Count("daily"),
            Weekly = Count("weekly"),
            Monthly = Count("monthly"),
            Yearly = Count("yearly"),
            Within = Span("within"),
            WithinHourly = Span("within-hourly"),
            WithinDaily = Span("within-daily"),
            WithinWeekly = Span("within-weekly"),
            WithinMonthly = Span("within-monthly"),
            WithinYearly = Span("within-yearly"),
            Tags = TagLists(),
        };
        if (!rules.IsEmpty) return (rules, [.. options]);
        options.AddRange(["--keep-last", "3"]);
        return (rules with { Last = 3 }, [.. options]);

        int Count(string name)
        {
            if (random.Next(4) != 0) return 0;
            var count = random.Next(1, 8);
            options.AddRange(["--keep-" + name, count.ToString(CultureInfo.InvariantCulture)]);
            return count;
        }

        KeepSpan Span(string name)
        {
            if (random.Next(7) != 0) return default;
            var span = new KeepSpan(random.Next(3) == 0 ? 1 : 0, random.Next(3) == 0 ? random.Next(14) : 0, random.Next(40), random.Next(30) + 1);
            options.AddRange(["--keep-" + name, span.ToString()]);
            return span;
        }

        IReadOnlyList<IReadOnlyList<string>> TagLists()
        {
            if (random.Next(5) != 0) return [];
            options.AddRange(["--keep-tag", "a,b", "--keep-tag", "c"]);
            return [["a", "b"], ["c"]];
        }
    }

    private static Dictionary<string, string> ReadKept(string json)
    {
        using var document = JsonDocument.Parse(json);
        Dictionary<string, string> kept = [];
        foreach (var group in document.RootElement.EnumerateArray())
        {
            if (group.GetProperty("keep") is not { ValueKind: JsonValueKind.Array } list) continue;
            foreach (var (snapshot, reason) in list.EnumerateArray().Zip(group.GetProperty("reasons").EnumerateArray()))
            {
                kept[snapshot.GetProperty("id").GetString()!] = string.Join(", ", reason.GetProperty("matches").EnumerateArray().Select(match => match.GetString()));
            }
        }

        return kept;
    }

    private static string Difference(Dictionary<string, string> restic, Dictionary<string, string> ours, IReadOnlyList<Snapshot> all) => string.Join('\n',
        all.Where(snapshot => restic.GetValueOrDefault(snapshot.Id) != ours.GetValueOrDefault(snapshot.Id))
            .Select(snapshot => $"{snapshot.Time:o} {snapshot.Hostname}: restic '{restic.GetValueOrDefault(snapshot.Id)}', we '{ours.GetValueOrDefault(snapshot.Id)}'"));
}
