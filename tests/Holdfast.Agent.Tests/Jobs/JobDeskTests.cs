using Holdfast.Agent.Api;
using Holdfast.Agent.Jobs;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cluster.Jobs;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Tests.Jobs;

public sealed class JobDeskTests : IAsyncLifetime
{
    private readonly JobWorld _world = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_run_that_is_asked_for_is_done_by_a_worker_and_recorded_with_its_figures()
    {
        await _world.PlaceAsync("a", 1);
        await _world.TakeUpAsync(1);
        await _world.AskAsync("by-hand");

        var (start, assignment) = await _world.WorkerAsync();
        JobWorld.Say(start, new WorkerMessage.Progress(1, 2), new WorkerMessage.Result(Completed: true, "done", Figures: System.Collections.Immutable.ImmutableSortedDictionary<string, long>.Empty.Add("files", 3)));
        _world.Exit(0);

        var row = (await _world.LedgerAsync(ledger => ledger.Open is null && ledger.Runs.Length == 1)).Runs[0];
        Assert.Equal(("by-hand", "nightly", 1, "1.1"), (assignment.Run, assignment.Job, assignment.Attempt, assignment.Epoch));
        Assert.Equal((JobState.Completed, 3L), (row.State, row.Figures["files"]));
        Assert.Equal(["sh", "-c"], start.Command[..2]);
        Assert.Equal(["/usr/bin/holdfast", "worker", "command"], start.Command[4..]);
    }

    [Theory]
    [InlineData("", null, null, null)]
    [InlineData("bandwidth: 4KiB", null, 4096L, null)]
    [InlineData("bandwidth: 4KiB", 8192L, 4096L, 8192L)]
    [InlineData("bandwidth: 64KiB", 8192L, 8192L, 8192L)]
    [InlineData("", 8192L, 8192L, 8192L)]
    public async Task A_worker_sends_by_the_smaller_limit_of_its_job_and_its_node_and_reads_by_the_nodes(string ofJob, long? ofNode, long? sends, long? reads)
    {
        _world.Role = JobWorld.Declared($"{{ kind: Job, name: nightly, run: command, command: [/bin/true], user: root, {ofJob} }}");
        await _world.SetNodeAsync(new() { Bandwidth = ofNode });
        await _world.PlaceAsync("a", 1);
        await _world.TakeUpAsync(1);
        await _world.AskAsync("by-hand");

        var (_, assignment) = await _world.WorkerAsync();

        Assert.Equal((sends, reads), (assignment.BytesPerSecond, assignment.ReadBytesPerSecond));
    }

    [Fact]
    public async Task A_worker_that_had_not_looked_at_its_input_when_its_agent_ended_is_told_its_assignment_by_the_next_one()
    {
        await _world.PlaceAsync("a", 1);
        await _world.TakeUpAsync(1);
        await _world.AskAsync("by-hand");
        var start = await _world.Starts.Reader.ReadAsync();
        await _world.LedgerAsync(ledger => ledger.Open is { State: JobState.Running });

        _world.Restart();
        while (JobWorld.IsOpen(start.Command[3])) await Task.Yield(); // The agent is gone only now, and nobody else has the pipe.
        await _world.TakeUpAsync(1, new HeldUnit("nightly/job", UnitKind.Process, "nightly", new RoleEpoch(1, 1), start.Tag, 4711));

        var told = WorkerJson.ReadAssignment(await _world.ReadAsync(start))!;
        Assert.Equal(("nightly", "by-hand", 1, "1.1"), (told.Job, told.Run, told.Attempt, told.Epoch));
        Assert.Equal("/bin/true", Assert.Single(told.Properties["command"].Items!));
    }

    [Fact]
    public async Task Each_turn_of_a_run_reaches_the_journal_as_the_ledger_has_it_and_an_end_told_again_is_the_same()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await _world.PlaceAsync("a", 1);
        await _world.TakeUpAsync(1);
        await using var entries = _world.Journal.FollowAsync(limit.Token).GetAsyncEnumerator();
        var next = entries.MoveNextAsync().AsTask();
        await _world.AskAsync("by-hand");
        var (start, _) = await _world.WorkerAsync();
        JobWorld.Say(start, new WorkerMessage.Result(Completed: true, "done", Proved: "s9"));
        _world.Exit(0);

        var running = await NextAsync();
        var done = await NextAsync();
        var row = (await _world.LedgerAsync(ledger => ledger.Open is null)).Runs[0];
        var spool = new JobSpool(_world.Files.Spool, _world.Jobs, _world.Journal, TimeProvider.System);
        spool.Add(new SpooledResult(new("nightly"), row.Id, row.Attempt!, new JobResult { Completed = true, Reason = "done" }, RetryPolicy.Usual, row.Ended!.Value, done.Subject)); // It ended between ledger and journal.
        await spool.DeliverAsync(default);
        var again = await NextAsync();
        await limit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);

        Assert.Equal(("by-hand", JobState.Running, "a", "command"), (running.Run.Id, running.Run.State, running.Run.Node, running.Subject.Kind));
        Assert.Equal(("by-hand", JobState.Completed, row.Ended, "s9"), (done.Run.Id, done.Run.State, done.Run.Ended, done.Proved));
        Assert.Equal((done.Run.Id, done.Run.State, done.Run.Ended), (again.Run.Id, again.Run.State, again.Run.Ended));

        async Task<RunEntry> NextAsync()
        {
            while (true)
            {
                Assert.True(await next.WaitAsync(limit.Token));
                var entry = entries.Current.Data?.Run;
                next = entries.MoveNextAsync().AsTask();
                if (entry is not null) return entry;
            }
        }
    }

    [Fact]
    public async Task The_next_owner_goes_on_from_the_checkpoint_and_there_is_one_row()
    {
        await _world.PlaceAsync("a", 1);
        await _world.TakeUpAsync(1);
        await _world.AskAsync("by-hand");
        var (first, _) = await _world.WorkerAsync();
        JobWorld.Say(first, JobWorld.At(7));
        await CheckpointIsAsync("7");
        _world.Restart(); // The node is gone, and with it what it would have said.

        await _world.PlaceAsync("a", 2);
        await _world.TakeUpAsync(2);
        var (second, assignment) = await _world.WorkerAsync();
        JobWorld.Say(second, new WorkerMessage.Result(Completed: true, "done"));
        _world.Exit(0);

        var row = Assert.Single((await _world.LedgerAsync(ledger => ledger.Open is null)).Runs);
        Assert.Equal((7, 2), (assignment.Checkpoint!.Value.GetInt32(), assignment.Attempt));
        Assert.Equal((JobState.Completed, 1, 2), (row.State, row.Resumed, row.Attempt!.Number));
    }

    [Fact]
    public async Task A_claim_is_granted_to_the_owner_and_refused_when_the_job_went_on()
    {
        await _world.PlaceAsync("a", 1);
        await _world.TakeUpAsync(1);
        await _world.AskAsync("by-hand");
        var (start, _) = await _world.WorkerAsync();

        JobWorld.Say(start, new WorkerMessage.Claim("s1"));
        var granted = await _world.ReadAsync(start);
        await _world.PlaceAsync("b", 2);
        JobWorld.Say(start, new WorkerMessage.Claim("s2"));
        var refused = await _world.ReadAsync(start);

        Assert.Contains("\"granted\":true", granted, StringComparison.Ordinal);
        Assert.Contains("\"granted\":false", refused, StringComparison.Ordinal);
        Assert.Equal("s1", (await _world.LedgerAsync(_ => true)).Open!.Claimed);
    }

    [Fact]
    public async Task A_worker_that_leaves_no_result_is_tried_again_and_then_the_run_failed()
    {
        await _world.PlaceAsync("a", 1);
        await _world.TakeUpAsync(1);
        await _world.AskAsync("by-hand");

        var (first, _) = await _world.WorkerAsync();
        JobWorld.Say(first, new WorkerMessage.Log("no space left"));
        _world.Exit(137);
        await _world.WorkerAsync();
        _world.Exit(1);

        var row = (await _world.LedgerAsync(ledger => ledger.Open is null && ledger.Runs.Length == 1)).Runs[0];
        Assert.Equal((JobState.Failed, 1), (row.State, row.Retried));
        Assert.Contains("it exited with 1", row.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pause_ends_the_worker_and_the_run_goes_on_from_there_when_it_is_resumed()
    {
        await _world.PlaceAsync("a", 1);
        await _world.TakeUpAsync(1);
        await _world.AskAsync("by-hand");
        var (first, _) = await _world.WorkerAsync();
        _world.Leash.OnStop = () => JobWorld.Say(first, JobWorld.At(9)); // Its last words.

        await WantAsync(ledger => ledger.Keep(new JobHold(default, "lunch")));
        var paused = await _world.LedgerAsync(ledger => ledger.Open?.State == JobState.Paused);
        _world.Leash.OnStop = () => { };
        await WantAsync(ledger => ledger.Keep(null));
        var (_, again) = await _world.WorkerAsync();

        Assert.Equal("it was paused: lunch", paused.Open!.Reason);
        Assert.Equal(9, again.Checkpoint!.Value.GetInt32());
    }

    [Fact]
    public async Task An_agent_that_was_restarted_goes_on_with_the_worker_that_runs()
    {
        await _world.PlaceAsync("a", 1);
        await _world.TakeUpAsync(1);
        await _world.AskAsync("by-hand");
        var (start, _) = await _world.WorkerAsync();
        JobWorld.Say(start, JobWorld.At(3));
        await CheckpointIsAsync("3");

        _world.Restart();
        await _world.TakeUpAsync(1, new HeldUnit("nightly/job", UnitKind.Process, "nightly", new RoleEpoch(1, 1), start.Tag, 4711));
        JobWorld.Say(start, new WorkerMessage.Result(Completed: true, "done"));
        _world.Exit(0);

        var row = Assert.Single((await _world.LedgerAsync(ledger => ledger.Open is null)).Runs);
        Assert.Equal((JobState.Completed, 1), (row.State, row.Attempt!.Number));
        Assert.Empty(_world.Leash.Stopped);
    }

    [Fact]
    public async Task What_a_worker_said_while_no_agent_watched_counts()
    {
        await _world.PlaceAsync("a", 1);
        await _world.TakeUpAsync(1);
        await _world.AskAsync("by-hand");
        var (start, _) = await _world.WorkerAsync();

        _world.Restart();
        JobWorld.Say(start, new WorkerMessage.Result(Completed: true, "done meanwhile"));
        await _world.TakeUpAsync(1);

        var row = Assert.Single((await _world.LedgerAsync(ledger => ledger.Open is null)).Runs);
        Assert.Equal((JobState.Completed, "done meanwhile"), (row.State, row.Reason));
    }

    [Fact]
    public async Task A_role_that_leaves_has_its_run_interrupted_not_failed()
    {
        await _world.PlaceAsync("a", 1);
        await _world.TakeUpAsync(1);
        await _world.AskAsync("by-hand");
        await _world.WorkerAsync();

        await _world.Desk.PutDownAsync(_world.Context(1), CancellationToken.None);

        var open = (await _world.LedgerAsync(ledger => ledger.Open?.State == JobState.Resuming)).Open!;
        Assert.Equal(0, open.Retried);
        Assert.Contains("goes on where the job goes", open.Reason, StringComparison.Ordinal);
    }

    private Task WantAsync(Func<JobLedger, LedgerVerdict> want) => _world.Jobs.WantAsync(_world.Role.Name, want, TimeProvider.System.GetUtcNow(), CancellationToken.None);

    private async Task CheckpointIsAsync(string data)
    {
        while (true)
        {
            var seen = _world.Feed.Current; // Before the look, or what comes between is not waited for.
            if ((await _world.Jobs.FindCheckpointAsync(_world.Role.Name, "by-hand", CancellationToken.None))?.Data == data) return;
            await _world.Feed.WaitForChangeAsync(seen, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        }
    }
}
