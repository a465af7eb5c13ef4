using FsCheck;
using FsCheck.Fluent;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Tests.Jobs;

/// <summary>Two workers at one run, one of which does not know that its job went on: whatever comes when, at most one snapshot is recorded, and it is one that was claimed before it was written.</summary>
public sealed class LateWorkerTests
{
    private static readonly RoleName Job = new("nightly");
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 2, 0, 0, TimeSpan.Zero);
    private const string Run = "20261121T020000Z";

    [Fact]
    public void At_most_one_snapshot_of_a_run_is_recorded_in_any_order_of_two_workers_and_any_other_that_was_written_is_known_as_late() =>
        Prop.ForAll(Gen.Choose(0, 5).ListOf(40).ToArbitrary(), steps =>
        {
            var world = new World();
            foreach (var step in steps) world.Do(step);
            world.RunToTheEnd();
            return world.Recorded.Count == 1 && world.Written.Contains(world.Recorded[0]) && world.Ledger.Runs.Length == 1 && world.Ledger.Runs[0].State == JobState.Completed
                && world.Ledger.FindLate().ToHashSet().IsSupersetOf(world.Written.Except(world.Recorded)) && !world.Ledger.FindLate().Contains(world.Recorded[0]);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void After_the_run_went_on_the_late_worker_is_refused_everything()
    {
        var world = new World();
        world.Do(0); // The first begins,
        world.Do(4); // the role moves,
        world.Do(2); // and the second begins.

        Assert.IsType<LedgerVerdict.Refused>(world.Ledger.Claim(Run, world.Workers[0].Attempt!, "s1"));
        Assert.IsType<LedgerVerdict.Refused>(world.Ledger.Finish(Run, world.Workers[0].Attempt!, new JobResult { Completed = true, Reason = "done" }, RetryPolicy.Usual, Now));
        Assert.IsType<LedgerVerdict.Refused>(world.Ledger.Interrupt(Run, world.Workers[0].Attempt!, JobState.Paused, "paused"));
        Assert.IsType<LedgerVerdict.Refused>(world.Ledger.Begin(Run, Now, new RunAttempt(new Epoch(1, 1), 0, new NodeName("a"), "again"), Now, "late"));
    }

    [Fact]
    public void A_snapshot_that_was_not_claimed_is_not_recorded()
    {
        var world = new World();
        world.Do(0);

        Assert.IsType<LedgerVerdict.Refused>(world.Ledger.Finish(Run, world.Workers[0].Attempt!, new JobResult { Completed = true, Reason = "done", Snapshot = "s1" }, RetryPolicy.Usual, Now));
    }

    [Fact]
    public void A_result_told_twice_counts_once()
    {
        var world = new World();
        world.Do(0);
        var failed = new JobResult { Completed = false, Reason = "no answer", Error = ErrorClass.Transient };
        var once = Assert.IsType<LedgerVerdict.Changed>(world.Ledger.Finish(Run, world.Workers[0].Attempt!, failed, RetryPolicy.Usual, Now)).Next;

        Assert.IsType<LedgerVerdict.Already>(once.Finish(Run, world.Workers[0].Attempt!, failed, RetryPolicy.Usual, Now));
        Assert.Equal(1, once.Runs[0].Retried);
    }

    [Fact]
    public void Transient_errors_are_tried_again_with_growing_pauses_and_permanent_ones_are_not()
    {
        Assert.Equal([1, 2, 4, null], Enumerable.Range(0, 4).Select(tried => RetryPolicy.Usual.After(ErrorClass.Transient, tried)?.TotalMinutes));
        Assert.Null(RetryPolicy.Usual.After(ErrorClass.Permanent, 0));
        Assert.Equal(RetryPolicy.LongestBackOff, new RetryPolicy(100, 0, TimeSpan.FromHours(1)).After(ErrorClass.Transient, 99));
    }

    [Fact]
    public void The_ledger_keeps_a_bounded_number_of_rows_and_never_loses_the_open_one()
    {
        var ledger = Assert.IsType<LedgerVerdict.Changed>(JobLedger.New(Job, Now).Begin(Run, Now, new RunAttempt(new Epoch(1, 1), 0, new NodeName("a"), "n"), Now, "due")).Next;
        for (var hour = 1; hour <= 100; hour++)
        {
            var due = Now.AddHours(hour);
            ledger = Assert.IsType<LedgerVerdict.Changed>(ledger.Pass([new JobRun { Id = JobRun.IdOf(due), Due = due, State = JobState.Skipped, Reason = "merged" }], due)).Next;
        }

        Assert.Equal((JobLedger.RowsKept, Run), (ledger.Runs.Length, ledger.Open!.Id));
    }

    /// <summary>A vault, a ledger that is changed by compare-and-swap, a placement, and two workers that go step by step.</summary>
    private sealed class World
    {
        private long _epoch = 1;

        public JobLedger Ledger { get; private set; } = JobLedger.New(Job, Now.AddHours(-1));

        /// <summary>Gets what is in the vault.</summary>
        public HashSet<string> Written { get; } = [];

        /// <summary>Gets the snapshots that the ledger ever said the run made.</summary>
        public List<string> Recorded { get; } = [];

        public Worker[] Workers { get; } = [new(1, "a"), new(2, "b")];

        public void Do(int step)
        {
            // 0, 1: the first goes on; 2, 3: the second; 4: the role moves; 5: somebody looks at the vault and nothing happens.
            if (step == 4) _epoch = 2;
            else if (step < 4) Step(Workers[step / 2]);
        }

        public void RunToTheEnd()
        {
            _epoch = 2;
            for (var i = 0; i < 20; i++) Step(Workers[1]);
        }

        private void Step(Worker worker)
        {
            // Begin and claim carry the condition on the placement; finish does not.
            var owns = worker.Epoch == _epoch;
            switch (worker.Stage)
            {
                case 0 when owns && Commit(Ledger.Begin(Run, Now, new RunAttempt(new Epoch(1, worker.Epoch), 0, new NodeName(worker.Node), worker.Node), Now, "due")):
                    worker.Attempt = Ledger.Find(Run)!.Attempt;
                    worker.Before = Ledger.Find(Run)!.Claimed;
                    worker.Stage = 1;
                    break;
                case 1 when worker.Before is { } before && Written.Contains(before): // The one before got so far: there is nothing left to do.
                    worker.Snapshot = before;
                    worker.Stage = 3;
                    break;
                case 1 when owns && Commit(Ledger.Claim(Run, worker.Attempt!, $"s{worker.Epoch}")):
                    worker.Snapshot = $"s{worker.Epoch}";
                    worker.Stage = 2;
                    break;
                case 2:
                    Written.Add(worker.Snapshot!); // Late or not: it was granted once.
                    worker.Stage = 3;
                    break;
                case 3 when Commit(Ledger.Finish(Run, worker.Attempt!, new JobResult { Completed = true, Reason = "done", Snapshot = worker.Snapshot }, RetryPolicy.Usual, Now)):
                    worker.Stage = 4;
                    if (!Recorded.Contains(Ledger.Runs[0].Snapshot!)) Recorded.Add(Ledger.Runs[0].Snapshot!);
                    break;
            }
        }

        private bool Commit(LedgerVerdict verdict)
        {
            if (verdict is LedgerVerdict.Changed changed) Ledger = changed.Next;
            return verdict is not LedgerVerdict.Refused;
        }
    }

    private sealed class Worker(long epoch, string node)
    {
        public long Epoch { get; } = epoch;

        public string Node { get; } = node;

        public int Stage { get; set; }

        public RunAttempt? Attempt { get; set; }

        public string? Before { get; set; }

        public string? Snapshot { get; set; }
    }
}
