using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Roles;
using Holdfast.Store.Registry;

namespace Holdfast.Store.Tests.Contract;

/// <summary>The ledger of jobs over any store.</summary>
public abstract partial class ClusterStoreContract
{
    private const string Run = "20261121T020000Z";
    private static readonly RoleName Job = new("nightly");
    private static readonly DateTimeOffset Due = new(2026, 11, 21, 2, 0, 0, TimeSpan.Zero);
    private static readonly JobOwner First = new(new NodeName("a"), 1, new Epoch(1, 1));
    private static readonly JobOwner Second = new(new NodeName("b"), 1, new Epoch(1, 2));
    private static readonly JobResult Done = new() { Completed = true, Reason = "done" };

    private JobRegistry Jobs => new(new ClusterRegistry(Store));

    [Fact]
    public async Task A_run_that_many_begin_at_once_is_recorded_once()
    {
        await PlaceAsync(First);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Jobs.BeginAsync(Job, First, i % 2 == 0 ? Run : $"{Run}-{i}", Due, $"n{i}", Due, "it is due", None)));

        var ledger = await LedgerAsync();
        Assert.Single(ledger.Runs);
        Assert.Contains(outcomes, outcome => outcome is JobOutcome.Recorded);
        Assert.All(outcomes.OfType<JobOutcome.Recorded>(), recorded => Assert.Equal(ledger.Runs[0].Id, recorded.Ledger.Runs[0].Id));
    }

    [Fact]
    public async Task A_run_begun_again_by_the_same_attempt_is_the_same_attempt()
    {
        await PlaceAsync(First);

        await BeginAsync(First, "n");
        var again = await BeginAsync(First, "n");

        Assert.Equal((1, 0), (again.Attempt!.Number, again.Resumed));
    }

    [Fact]
    public async Task A_worker_of_an_older_epoch_is_refused_its_snapshot_its_checkpoint_and_a_new_attempt()
    {
        await PlaceAsync(First);
        var late = (await BeginAsync(First, "n")).Attempt!;
        await PlaceAsync(Second);

        Assert.IsType<JobOutcome.Refused>(await Jobs.ClaimAsync(Job, First, Run, late, "s1", Due, None)); // The role moved; nobody has taken the run up yet.
        Assert.IsType<JobOutcome.Refused>(await Jobs.CheckpointAsync(Job, First, new JobCheckpoint(Run, late, Due, "1"), None));
        Assert.IsType<JobOutcome.Refused>(await Jobs.BeginAsync(Job, First, Run, Due, "again", Due, "late", None));
        var row = await BeginAsync(Second, "m");
        Assert.IsType<JobOutcome.Refused>(await Jobs.FinishAsync(Job, Run, late, Done, RetryPolicy.Usual, Due, None));

        Assert.Equal((2, 1, new NodeName("b"), null), (row.Attempt!.Number, row.Resumed, row.Attempt.Node, row.Claimed));
        Assert.Equal(JobState.Running, Assert.Single((await LedgerAsync()).Runs).State);
    }

    [Fact]
    public async Task A_snapshot_is_claimed_before_it_counts_and_one_row_tells_of_it()
    {
        await PlaceAsync(First);
        var attempt = (await BeginAsync(First, "n")).Attempt!;

        var claimed = await Jobs.ClaimAsync(Job, First, Run, attempt, "s1", Due, None);
        var finished = await Jobs.FinishAsync(Job, Run, attempt, Done with { Snapshot = "s1", Figures = Done.Figures.Add("files", 3) }, RetryPolicy.Usual, Due, None);

        Assert.IsType<JobOutcome.Recorded>(claimed);
        Assert.IsType<JobOutcome.Recorded>(finished);
        var row = Assert.Single((await LedgerAsync()).Runs);
        Assert.Equal((JobState.Completed, "s1", 3L), (row.State, row.Snapshot, row.Figures["files"]));
    }

    [Fact]
    public async Task A_result_is_delivered_after_the_role_moved_as_long_as_nobody_took_the_run_up_and_counts_once()
    {
        await PlaceAsync(First);
        var attempt = (await BeginAsync(First, "n")).Attempt!;
        await PlaceAsync(Second);

        Assert.IsType<JobOutcome.Recorded>(await Jobs.FinishAsync(Job, Run, attempt, Done, RetryPolicy.Usual, Due, None));
        Assert.IsType<JobOutcome.Recorded>(await Jobs.FinishAsync(Job, Run, attempt, Done, RetryPolicy.Usual, Due, None));
        Assert.IsType<JobOutcome.Refused>(await Jobs.BeginAsync(Job, Second, Run, Due, "m", Due, "it is due", None));

        Assert.Equal(JobState.Completed, Assert.Single((await LedgerAsync()).Runs).State);
    }

    [Fact]
    public async Task The_next_attempt_finds_the_checkpoint_of_the_one_before()
    {
        await PlaceAsync(First);
        var attempt = (await BeginAsync(First, "n")).Attempt!;

        Assert.IsType<JobOutcome.Recorded>(await Jobs.CheckpointAsync(Job, First, new JobCheckpoint(Run, attempt, Due, """{"at":7}"""), None));

        Assert.Equal("""{"at":7}""", (await Jobs.FindCheckpointAsync(Job, Run, None))?.Data);
        Assert.Null(await Jobs.FindCheckpointAsync(Job, "another", None));
    }

    [Fact]
    public async Task What_people_want_is_recorded_from_any_node()
    {
        Assert.IsType<JobOutcome.Recorded>(await Jobs.WantAsync(Job, ledger => ledger.Ask("by-hand"), Due, None));
        Assert.IsType<JobOutcome.Recorded>(await Jobs.WantAsync(Job, ledger => ledger.Keep(new JobHold(Due, "why")), Due, None));

        var ledger = await LedgerAsync();
        Assert.Equal("by-hand", Assert.Single(ledger.Requests));
        Assert.Equal("why", ledger.Hold?.Reason);
    }

    [Fact]
    public async Task Of_many_jobs_that_begin_at_once_within_a_cap_as_many_begin_as_it_allows_and_a_place_is_free_when_one_is_over_or_its_owner_is()
    {
        var jobs = Enumerable.Range(0, 6).Select(i => new RoleName($"capped-{i}")).ToList();
        var caps = new Dictionary<string, int> { ["vault"] = 2, [CapUse.Node] = 3 };
        foreach (var job in jobs) await PlaceAsync(First, job);

        var begun = (await Task.WhenAll(jobs.Select(async job => (Job: job, Outcome: await BeginWithinAsync(job, First))))).ToLookup(each => each.Outcome is JobOutcome.Recorded);

        Assert.Equal(2, begun[true].Count());
        Assert.All(begun[false], each => Assert.Contains("2 may be at once", Assert.IsType<JobOutcome.Refused>(each.Outcome).Reason, StringComparison.Ordinal));
        var (one, other) = (begun[true].First(), begun[true].Last().Job);
        var waiting = begun[false].Select(each => each.Job).ToList();
        await Jobs.FinishAsync(one.Job, Run, ((JobOutcome.Recorded)one.Outcome).Ledger.Open!.Attempt!, Done, RetryPolicy.Usual, Due, None);
        Assert.IsType<JobOutcome.Recorded>(await BeginWithinAsync(waiting[0], First));
        Assert.IsType<JobOutcome.Refused>(await BeginWithinAsync(waiting[1], First));
        await PlaceAsync(Second, other); // Its owner is lost: what it ran is over, whatever its ledger says.
        Assert.IsType<JobOutcome.Recorded>(await BeginWithinAsync(waiting[1], First));
        Assert.IsType<JobOutcome.Refused>(await BeginWithinAsync(other, Second)); // And goes on when there is a place.

        Task<JobOutcome> BeginWithinAsync(RoleName job, JobOwner owner) => Jobs.BeginAsync(job, owner, Run, Due, $"{job}-{owner.Node}", Due, "it is due", None, caps);
    }

    [Fact]
    public async Task Of_many_jobs_that_begin_at_once_on_a_node_as_many_begin_as_it_is_set_to_whatever_caps_they_have()
    {
        var jobs = Enumerable.Range(0, 5).Select(i => new RoleName($"set-{i}")).ToList();
        foreach (var job in jobs) await PlaceAsync(First, job);
        await SetAsync(First.Node, 2);

        var begun = (await Task.WhenAll(jobs.Select(async job => (Job: job, Outcome: await BeginOnAsync(job, 2))))).ToLookup(each => each.Outcome is JobOutcome.Recorded);

        Assert.Equal(2, begun[true].Count());
        Assert.All(begun[false], each => Assert.Contains($"on {First.Node}, whose settings let 2 jobs run at once", Assert.IsType<JobOutcome.Refused>(each.Outcome).Reason, StringComparison.Ordinal));
        var (one, waiting) = (begun[true].First(), begun[false].First().Job);
        await Jobs.FinishAsync(one.Job, Run, ((JobOutcome.Recorded)one.Outcome).Ledger.Open!.Attempt!, Done, RetryPolicy.Usual, Due, None);
        Assert.IsType<JobOutcome.Recorded>(await BeginOnAsync(waiting, 2));
    }

    [Fact]
    public async Task Nobody_begins_by_what_a_node_was_set_to_before()
    {
        await PlaceAsync(First);
        await SetAsync(First.Node, 1);

        Assert.Contains("changed at this moment", Assert.IsType<JobOutcome.Refused>(await BeginOnAsync(Job, null)).Reason, StringComparison.Ordinal);
        Assert.Contains("changed at this moment", Assert.IsType<JobOutcome.Refused>(await BeginOnAsync(Job, 2)).Reason, StringComparison.Ordinal);
        Assert.IsType<JobOutcome.Recorded>(await BeginOnAsync(Job, 1));
    }

    private Task<JobOutcome> BeginOnAsync(RoleName job, int? nodeJobs) => Jobs.BeginAsync(job, First, Run, Due, $"{job}-once", Due, "it is due", None, nodeJobs: nodeJobs);

    private Task SetAsync(NodeName node, int jobs) => Store.MustCommitAsync(new StoreTransaction([], [new(RegistryKeys.Node(node), RegistryJson.Encode(
        new NodeRecord { Name = node, Kind = NodeKind.Member, Voter = true, Address = "10.0.0.1", ApiPort = 1, Intent = NodeIntent.Active, CertificateFingerprint = "f", Settings = new() { Jobs = jobs } },
        RegistryJson.Default.NodeRecord))]));

    private async Task<JobRun> BeginAsync(JobOwner owner, string nonce) =>
        Assert.IsType<JobOutcome.Recorded>(await Jobs.BeginAsync(Job, owner, Run, Due, nonce, Due, "it is due", None)).Ledger.Find(Run)!;

    private async Task<JobLedger> LedgerAsync() => (await new ClusterRegistry(Store).FindAsync(RegistryKeys.Ledger(Job), RegistryJson.Default.JobLedger, None))!.Value.Value;

    private async Task PlaceAsync(JobOwner owner, RoleName? of = null)
    {
        var placement = Placement.Unplaced(of ?? Job) with { Phase = PlacementPhase.Assigned, Epoch = owner.Epoch, Owner = owner.Node, OwnerIncarnation = owner.Incarnation };
        await Store.MustCommitAsync(new StoreTransaction([], [new(RegistryKeys.Placement(of ?? Job), RegistryJson.Encode(placement, RegistryJson.Default.Placement))]));
    }
}
