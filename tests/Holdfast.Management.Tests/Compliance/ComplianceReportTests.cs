using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Naming;
using Holdfast.Management.Compliance;
using Holdfast.Management.Policies;
using Holdfast.Management.Tests.Policies;

namespace Holdfast.Management.Tests.Compliance;

public sealed class ComplianceReportTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ProtectedThing Data = new(ThingKind.Tree, "/srv/data", null, "files", ["/srv/data"], []);

    [Theory]
    [InlineData(119, ComplianceState.Met)]
    [InlineData(120, ComplianceState.Met)]
    [InlineData(121, ComplianceState.Broken)]
    public void The_objective_is_met_while_the_newest_snapshot_is_young_enough(int minutes, ComplianceState expected)
    {
        var standing = ComplianceReport.Of(Facts(Copy(minutes)), Now);

        Assert.Equal((expected, (double?)minutes * 60), (standing.State, standing.AgeSeconds));
        Assert.Equal(expected == ComplianceState.Broken, standing.Hint?.Contains("holdfast job run gold-1", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void Of_several_vaults_the_one_that_is_worst_counts()
    {
        var standing = ComplianceReport.Of(Facts(Copy(5), Copy(300) with { Vault = "far" }), Now);

        Assert.Equal((ComplianceState.Broken, 300.0 * 60), (standing.State, standing.AgeSeconds!.Value));
        Assert.Contains("in vault far", standing.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void What_nobody_can_tell_is_unknown_and_never_met()
    {
        ThingFacts[] unknown =
        [
            Facts(Copy(5) with { Snapshots = null }),
            Facts(Copy(5), Copy(5) with { Vault = "far", Snapshots = null }),
            Facts(Copy(-60)),
            Facts(Copy(5)) with { Policy = PolicySamples.Gold with { Suspended = true } },
            Facts(Copy(5)) with { Policy = PolicySamples.Gold with { Rpo = null } },
            Facts(Copy(5) with { Snapshots = [] }) with { Since = Now.AddHours(-1) },
            Facts(),
        ];

        Assert.All(unknown, facts => Assert.Equal(ComplianceState.Unknown, ComplianceReport.Of(facts, Now).State));
    }

    [Fact]
    public void What_was_never_backed_up_is_broken_once_the_time_for_it_is_over()
    {
        var never = Facts(Copy(5) with { Snapshots = [] }) with { Since = Now.AddHours(-3) };

        Assert.Equal(ComplianceState.Broken, ComplianceReport.Of(never, Now).State);
        Assert.Equal(ComplianceState.Broken, ComplianceReport.Of(never with { Since = null }, Now).State);
        Assert.Equal(ComplianceState.Unknown, ComplianceReport.Of(Facts(Copy(5) with { Snapshots = [], Runs = [] }), Now).State);
        Assert.Equal(ComplianceState.Broken, ComplianceReport.Of(Facts(Copy(5) with { Job = null }), Now).State);
    }

    [Fact]
    public void A_snapshot_that_is_still_being_made_does_not_count()
    {
        var copy = Copy(180);

        var standing = ComplianceReport.Of(Facts(copy with { Snapshots = [.. copy.Snapshots!.Value, new(Now.AddMinutes(-1), Now.AddMinutes(10))] }), Now);

        Assert.Equal(ComplianceState.Broken, standing.State);
    }

    [Fact]
    public void What_would_become_of_it_if_its_node_died_is_told_from_measured_takeovers_and_runs()
    {
        var idle = Copy(30) with { NextDue = Now.AddMinutes(20) };
        var late = Copy(30) with { NextDue = Now.AddSeconds(-1) };
        var working = Copy(30) with { Runs = [Run(JobState.Running, Now.AddMinutes(-4), null), .. Copy(30).Runs] };

        // Age 30 min; the wait for the due time or the takeover (90 s), whichever is longer; a usual run of 6 min.
        Assert.Equal((30 + 20 + 6) * 60, ComplianceReport.Of(Facts(idle), Now).PredictedSeconds);
        Assert.Equal((30 + 1.5 + 6) * 60, ComplianceReport.Of(Facts(late), Now).PredictedSeconds);
        // The rest of a run: what is left of its usual time, or what its progress says.
        Assert.Equal((30 + 1.5 + 2) * 60, ComplianceReport.Of(Facts(working), Now).PredictedSeconds);
        Assert.Equal((30 + 1.5 + 3) * 60, ComplianceReport.Of(Facts(working with { Progress = 0.5 }), Now).PredictedSeconds);
        Assert.Null(ComplianceReport.Of(Facts(idle with { CanMove = false }), Now).PredictedSeconds);
        Assert.Null(ComplianceReport.Of(Facts(idle with { Takeover = null }), Now).PredictedSeconds);
    }

    [Fact]
    public void The_time_to_have_it_back_is_told_from_measured_restores_and_takeovers()
    {
        var facts = Facts(Copy(5)) with
        {
            RoleTakeover = TimeSpan.FromSeconds(10),
            Proofs =
            [
                new(Now.AddDays(-1), true, 100_000_000, TimeSpan.FromSeconds(10)), new(Now.AddDays(-2), true, 200_000_000, TimeSpan.FromSeconds(40)), new(Now.AddDays(-3), true, 100_000_000, TimeSpan.FromSeconds(15)),
                new(Now.AddHours(-1), false, 1, TimeSpan.FromHours(5)), new(Now.AddHours(-2), true, 0, TimeSpan.FromHours(5)),
            ],
        };

        var standing = ComplianceReport.Of(facts, Now);

        // 10 GB at the median of 10, 20 and 15 s per 100 MB, after the takeover.
        Assert.Equal((1500 + 10, ComplianceState.Met), (standing.RtoSeconds!.Value, standing.RtoState));
        Assert.Equal(Now.AddHours(-2), standing.LastProof);
        Assert.Equal(ComplianceState.Broken, ComplianceReport.Of(facts with { Policy = PolicySamples.Gold with { Rto = TimeSpan.FromMinutes(20) } }, Now).RtoState);
        Assert.Equal(ComplianceState.Unknown, ComplianceReport.Of(facts with { Proofs = [] }, Now).RtoState);
    }

    [Fact]
    public void A_proof_is_asked_for_again_when_the_last_is_too_old()
    {
        var old = Facts(Copy(5)) with { Proofs = [new(Now.AddDays(-15), true, 1000, TimeSpan.FromSeconds(1))] };

        Assert.Equal(ComplianceState.Broken, ComplianceReport.Of(old, Now).ProofState);
        Assert.Equal(ComplianceState.Met, ComplianceReport.Of(old, Now.AddDays(-2)).ProofState);
        Assert.Equal(ComplianceState.Broken, ComplianceReport.Of(old with { Proofs = [], Since = Now.AddDays(-20) }, Now).ProofState);
    }

    private static ThingFacts Facts(params VaultCopy[] copies) => new() { Policy = PolicySamples.Gold, Thing = Data, Copies = [.. copies], Node = "a" };

    private static VaultCopy Copy(int minutesOld) => new(
        "office", "gold-1", [new(Now.AddMinutes(-minutesOld), Now.AddMinutes(-minutesOld + 3), 10_000_000_000)],
        [Run(JobState.Completed, Now.AddHours(-1), 6), Run(JobState.Failed, Now.AddHours(-2), 60), Run(JobState.Completed, Now.AddHours(-3), 5), Run(JobState.Completed, Now.AddHours(-4), 40)], Now.AddMinutes(1), TimeSpan.FromSeconds(90), CanMove: true);

    private static JobRun Run(JobState state, DateTimeOffset started, int? minutes) => new()
    {
        Id = JobRun.IdOf(started), Due = started, State = state, Reason = "test", Started = started, Ended = minutes is { } took ? started.AddMinutes(took) : null, Attempt = new(Epoch.None, 1, new NodeName("a"), "n"),
    };
}
