using FsCheck;
using FsCheck.Fluent;

namespace Holdfast.Cluster.Tests.OneOwner;

public sealed class OneOwnerTests
{
    private const int Rounds = 250;

    /// <summary>Each guard that alone keeps a role from running twice, left out.</summary>
    public static TheoryData<string> MissingGuards => [.. Mutations.Keys];

    private static Dictionary<string, Guards> Mutations { get; } = new()
    {
        ["lease condition"] = Guards.All with { LeaseCondition = false },
        ["placement condition and planner key"] = Guards.All with { PlacementCondition = false, PlannerKey = false },
        ["margin"] = Guards.All with { Margin = false },
        ["count of the present revision"] = Guards.All with { CountPresentRevision = false },
        ["count from the send"] = Guards.All with { CountFromSend = false },
        ["closed epochs"] = Guards.All with { ClosedEpochs = false },
        ["incarnation"] = Guards.All with { Incarnation = false },
    };

    [Fact]
    public void No_script_of_faults_makes_two_owners() =>
        Prop.ForAll(Scripts(), script => Plays(script, Guards.All)).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    /// <summary>Scripts that once found something: here a latch of closed epochs that a stale read could set back.</summary>
    [Theory]
    [InlineData(1124)]
    [InlineData(2664)]
    [InlineData(4649)]
    [InlineData(5467)]
    public void A_script_that_found_a_mistake_stays_clean(int seed) => Assert.Null(Violation(ScriptOf(seed), Guards.All));

    [Fact]
    public void No_script_of_faults_brings_together_what_is_kept_apart() =>
        Prop.ForAll(Scripts(), script => World.Play(script, Guards.All, apart: true).Runs is not null).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void What_is_kept_apart_rests_on_the_planner_key()
    {
        var found = Enumerable.Range(1, 3000).Select(seed => Violation(ScriptOf(seed), Guards.All with { PlannerKey = false }, apart: true)).FirstOrDefault(violation => violation is not null);

        Assert.Contains("kept apart", found);
    }

    [Fact]
    public void One_owner_does_not_rest_on_the_planner_key() =>
        Prop.ForAll(Scripts(), script => Plays(script, Guards.All with { PlannerKey = false })).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [Theory]
    [MemberData(nameof(MissingGuards))]
    public void The_model_notices_a_missing_guard(string guard)
    {
        var found = Enumerable.Range(1, 3000).FirstOrDefault(seed => Violation(ScriptOf(seed), Mutations[guard]) is not null);

        Assert.True(found > 0, $"Without {guard} no violation was found in 3000 scripts.");
    }

    [Fact]
    public void The_model_reaches_what_it_is_about()
    {
        var worlds = Enumerable.Range(1, 20).Select(seed => World.Play(ScriptOf(seed), Guards.All)).ToList();

        Assert.True(worlds.Sum(w => w.Failovers) > 50, $"{worlds.Sum(w => w.Failovers)} failovers");
        Assert.True(worlds.Sum(w => w.PlannedMoves) > 50, $"{worlds.Sum(w => w.PlannedMoves)} releases");
        Assert.True(worlds.Sum(w => w.Runs.Count) > 200, $"{worlds.Sum(w => w.Runs.Count)} starts");
    }

    /// <summary>Throws on a violation, so that a failing property prints its message beside the shrunk script and the seed to replay.</summary>
    private static bool Plays(int[] script, Guards guards) => World.Play(script, guards).Runs is not null;

    private static string? Violation(int[] script, Guards guards, bool apart = false)
    {
        try
        {
            World.Play(script, guards, apart);
            return null;
        }
        catch (ModelViolation violation)
        {
            return violation.Message;
        }
    }

    private static int[] ScriptOf(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Rounds).Select(_ => random.Next())];
    }

    private static Arbitrary<int[]> Scripts() =>
        Arb.From(Gen.Choose(0, int.MaxValue - 1).ArrayOf(Rounds), Smaller);

    private static IEnumerable<int[]> Smaller(int[] script)
    {
        for (var chunk = script.Length / 2; chunk > 0; chunk /= 2)
        {
            for (var start = 0; start + chunk <= script.Length; start += chunk) yield return [.. script[..start], .. script[(start + chunk)..]];
        }
    }
}
