using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Agent.Leases;
using Holdfast.Agent.Resources;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Agent.Tracing;
using Holdfast.Cluster;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;
using Holdfast.Store;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Jobs;

/// <summary>
/// One job on the node that owns it, at one epoch: carries out what <see cref="JobPlanner"/> decides. The declaration is read afresh each time, so a change counts from the next
/// decision on. Nothing is begun before what the run before said is in the ledger.
/// </summary>
internal sealed class JobLoop
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1); // A delay drops what is less, and would be over before its time, again and again.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1); // A wall clock may be set meanwhile.

    private readonly JobDeskContext _desk;
    private readonly ResourceContext _resource;
    private readonly JobOwner _owner;
    private readonly CancellationTokenSource _leaving = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly Dictionary<int, int> _exits = [];
    private volatile WorkerRun? _worker;
    private Activity? _span; // Of the worker's attempt; of one that was adopted it ended with the agent that began it.
    private Task _running = Task.CompletedTask;

    private JobLoop(JobDeskContext desk, ResourceContext resource)
    {
        (_desk, _resource) = (desk, resource);
        _owner = new JobOwner(resource.Node, resource.Warrant.Incarnation, resource.Warrant.Epoch.ToEpoch());
    }

    /// <summary>Gets the job.</summary>
    public RoleName Job => _resource.Role.Name;

    /// <summary>Gets how its present run goes.</summary>
    public WorkerMessage.Progress? Latest => _worker?.Latest;

    /// <summary>Begins to decide.</summary>
    public static JobLoop Begin(JobDeskContext desk, ResourceContext resource, HeldUnit? held)
    {
        var loop = new JobLoop(desk, resource);
        loop._running = loop.RunAsync(held);
        return loop;
    }

    /// <summary>The leash saw a process end.</summary>
    public void OnExit(int processId, int code)
    {
        lock (_exits) _exits[processId] = code; // It may be told before the worker is adopted.
        _worker?.OnExit(processId, code);
    }

    /// <summary>Stops the worker, records how far it came, and decides no more.</summary>
    public async Task EndAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        _leaving.Cancel();
        if (_worker is { } worker) await worker.StopAsync(JobState.Resuming, $"it goes on where the job goes from {_resource.Node}", grace, cancellationToken);
        try
        {
            await _running.WaitAsync(Again * 3, _desk.Time, cancellationToken); // What it said last is worth a little time; a store that does not answer is not waited for.
        }
        catch (TimeoutException)
        {
        }

        Abandon();
    }

    /// <summary>Decides nothing and records nothing more.</summary>
    public void Abandon() => _abandoned.Cancel();

    private async Task RunAsync(HeldUnit? held)
    {
        await Task.Yield();
        string? told = null;
        for (var adopted = false; !_abandoned.IsCancellationRequested;)
        {
            try
            {
                if (!adopted) await AdoptAsync(held);
                adopted = true;
                while (_worker is not null || !_leaving.IsCancellationRequested) await StepAsync();
                return;
            }
            catch (OperationCanceledException) when (_abandoned.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (!_leaving.IsCancellationRequested)
            {
                // The store is away, the leash refused, the disk is full: whatever it was, a job that stood still for it would be worse.
                if (told != exception.Message) _desk.Journal.Add("job.trouble", $"Job {Job}: {exception.Message} It is tried again.", Job.Value, epoch: _owner.Epoch.ToString());
                told = exception.Message;
                await _desk.Time.PauseAsync(Again * 5, _abandoned.Token);
            }
            catch (Exception)
            {
                return; // On the way out; whoever owns it next finds the run as it was.
            }
        }
    }

    private async Task StepAsync()
    {
        var state = _desk.Feed.Current;
        if (_worker is { Completion.IsCompleted: true } over)
        {
            await SettleAsync(over, await EndOfAsync(over));
            return;
        }

        if (state is null || !state.View.Roles.TryGetValue(Job, out var role) || JobReading.Find(role.Value) is not var (job, resource)
            || !state.View.Placements.TryGetValue(Job, out var placement) || placement.Value.Epoch != _owner.Epoch || _leaving.IsCancellationRequested || _desk.Spool.Holds(Job))
        {
            await WaitAsync(state, _desk.Spool.Holds(Job) ? Again : LongestWait);
            return;
        }

        var now = _desk.Time.GetUtcNow();
        if (!state.View.Ledgers.TryGetValue(Job, out var ledger))
        {
            await RecordAsync(await _desk.Jobs.OpenAsync(Job, _owner, now, _abandoned.Token));
            return;
        }

        var around = JobSurroundingsReading.Of(state.View, job, _resource.Node);
        switch (JobPlanner.Decide(job, ledger.Value, _worker?.Run, now, around))
        {
            case JobDecision.Wait wait:
                await WaitAsync(state, wait.Until is { } until && until - now < LongestWait ? until - now : LongestWait);
                break;
            case JobDecision.Pass pass:
                var passed = await _desk.Jobs.PassAsync(Job, _owner, pass, now, _abandoned.Token);
                foreach (var row in passed is JobOutcome.Recorded ? pass.Rows : []) Tell($"Run {row.Id} of job {Job} was {(row.State == JobState.Missed ? "missed" : "skipped")}: {row.Reason}.", row);
                await RecordAsync(passed);
                break;
            case JobDecision.Await due:
                await RecordAsync(await _desk.Jobs.AwaitAsync(Job, _owner, due, now, _abandoned.Token));
                _desk.Journal.Add("job.waiting", $"Run {due.Run} of job {Job} is due: {due.Reason}.", Job.Value, epoch: _owner.Epoch.ToString());
                break;
            case JobDecision.EndCancelled cancelled:
                var ended = await _desk.Jobs.EndCancelledAsync(Job, _owner, cancelled.Run, now, _abandoned.Token);
                if (ended is JobOutcome.Recorded { Ledger: var left } && left.Find(cancelled.Run) is { } dropped) Tell($"Run {cancelled.Run} of job {Job} was cancelled.", dropped);
                await RecordAsync(ended);
                break;
            case JobDecision.Stop stop:
                await _worker!.StopAsync(stop.As, stop.Reason, resource.StopTimeout, _abandoned.Token);
                await WaitAsync(state, Again);
                break;
            case JobDecision.Start start:
                await StartAsync(job, resource, start, around.Node?.Most, now);
                break;
        }
    }

    private async Task StartAsync(JobSpec job, ResourceSpec resource, JobDecision.Start start, int? nodeJobs, DateTimeOffset now)
    {
        var nonce = Guid.NewGuid().ToString("N");
        var span = await AttemptSpan.BeginAsync(_desk.Jobs, Job, start.Run, _resource.Node, _abandoned.Token);
        Activity.Current = span; // What follows in here is below it, and so is what the worker says.
        var outcome = await _desk.Jobs.BeginAsync(Job, _owner, start.Run, start.Due, nonce, now, start.Reason, _abandoned.Token, job.Caps, nodeJobs);
        if (outcome is not JobOutcome.Recorded { Ledger: var ledger } || ledger.Find(start.Run) is not { Attempt: { } attempt } row)
        {
            await RecordAsync(outcome);
            return;
        }

        var checkpoint = await _desk.Jobs.FindCheckpointAsync(Job, start.Run, _abandoned.Token);
        _desk.Files.Clear(Job, except: nonce);
        var worker = _worker = new WorkerRun(_desk, Job, _owner, start.Run, attempt, _resource.Unit);
        _span = span?.SetTag("holdfast.attempt", attempt.Number);
        try
        {
            var runAs = RunAs.Of(resource, _resource.Node);
            var account = Account.Find(runAs.User) ?? throw ResourceFailure.Of("no-account", $"There is no account {runAs.User} on {_resource.Node}.");
            await worker.StartAsync(AssignmentOf(resource, ledger, row, attempt, checkpoint), RequestOf(job, attempt, runAs), account, _abandoned.Token);
            Tell($"Run {row.Id} of job {Job} is at work on {_resource.Node}, attempt {attempt.Number}: {start.Reason}.", row);
        }
        catch (Exception exception) when (exception is HoldfastException or LeashRefusedException { Code: "leash.failed" } or IOException or System.ComponentModel.Win32Exception)
        {
            _worker = null;
            _desk.Files.Clear(Job, except: null);
            await DeliverAsync(job.Retries, start.Run, attempt, new JobResult { Completed = false, Error = ErrorClass.Transient, Reason = $"its worker could not be started on {_resource.Node}: {exception.Message.TrimEnd('.')}" });
        }

        catch
        {
            _worker = null; // The leash refuses this owner anything: what happens to the run is for the next to say.
            throw;
        }

        await _desk.Feed.RefreshAsync(_abandoned.Token);
    }

    private WorkerAssignment AssignmentOf(ResourceSpec resource, JobLedger ledger, JobRun row, RunAttempt attempt, JobCheckpoint? checkpoint) => new()
    {
        Job = Job.Value, Run = row.Id, Due = row.Due, Attempt = attempt.Number, Epoch = _owner.Epoch.ToString(), Node = _resource.Node.Value, Claimed = row.Claimed, Late = [.. ledger.FindLate()],
        Checkpoint = checkpoint is null ? null : JsonDocument.Parse(checkpoint.Data).RootElement.Clone(),
        Trace = Traces.Parent,
        BytesPerSecond = NodeSettingsRules.Bandwidth(resource.Text("bandwidth") is { } rate ? JobReading.BytesOf(rate) : null, OfNode.Bandwidth), ReadBytesPerSecond = OfNode.Bandwidth,
        SharedVolumes = AttachedHere,
        Properties = resource.Properties,
    };

    private StartRequest RequestOf(JobSpec job, RunAttempt attempt, RunAs runAs) => new()
    {
        Unit = _resource.Unit, Warrant = _resource.Warrant, User = runAs.User, Directory = runAs.Directory, Environment = runAs.Environment, Tag = attempt.Nonce,
        // For both directions: opening does not wait for a writer, and there is no end of file while agents come and go.
        Command = ["sh", "-c", "exec \"$@\" <>\"$0\"", _desk.Files.Input(Job, attempt.Nonce), _desk.Worker, "worker", JobReading.WordOf(job.Kind)],
        LogFile = _desk.Files.Output(Job, attempt.Nonce),
    };

    /// <summary>Goes on with what an agent before this one had at work at this very epoch, or at least with what it said.</summary>
    private async Task AdoptAsync(HeldUnit? held)
    {
        await _desk.Spool.DeliverAsync(_abandoned.Token);
        await _desk.Feed.RefreshAsync(_abandoned.Token);
        var row = _desk.Feed.Current!.View.Ledgers.TryGetValue(Job, out var ledger) ? ledger.Value.Open : null;
        var attempt = row?.Attempt is { } known && known.Epoch == _owner.Epoch && known.Node == _resource.Node ? known : null;
        var isOurs = held is { ProcessId: > 0 } && held.Tag == attempt?.Nonce;
        if (held is not null && !isOurs) await _desk.Leash.StopAsync(_resource.Unit, SignalNames.Kill, TimeSpan.Zero, _abandoned.Token);
        _desk.Files.Clear(Job, except: attempt?.Nonce);
        if (attempt is null || row!.NotBefore is not null || (!isOurs && !File.Exists(_desk.Files.Output(Job, attempt.Nonce)))) return;
        var assignment = isOurs ? AssignmentOf(Declared?.Resource ?? _resource.Resource, ledger!.Value, row, attempt, await _desk.Jobs.FindCheckpointAsync(Job, row.Id, _abandoned.Token)) : null;
        _worker = new WorkerRun(_desk, Job, _owner, row.Id, attempt, _resource.Unit);
        _worker.Adopt(isOurs ? held!.ProcessId : 0, assignment, _abandoned.Token);
        int code;
        lock (_exits)
        {
            if (held is null || !_exits.TryGetValue(held.ProcessId, out code)) return;
        }

        _worker.OnExit(held.ProcessId, code);
    }

    private async Task<WorkerEnd> EndOfAsync(WorkerRun worker)
    {
        try
        {
            return await worker.Completion;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // What it says cannot be read. It may live, and nothing else of the job may begin before it does not.
            await _desk.Leash.StopAsync(_resource.Unit, SignalNames.Kill, TimeSpan.Zero, _abandoned.Token);
            return new WorkerEnd(null, null, $"what its worker said could not be read: {exception.Message.TrimEnd('.')}");
        }
    }

    private async Task SettleAsync(WorkerRun worker, WorkerEnd end)
    {
        Activity.Current = _span;
        if (end is { Result: null, Stopped: JobState.Paused or JobState.Resuming })
        {
            var interrupted = await _desk.Jobs.InterruptAsync(Job, worker.Run, worker.Attempt, end.Stopped.Value, end.Reason, _desk.Time.GetUtcNow(), _abandoned.Token);
            if (interrupted is JobOutcome.Recorded { Ledger: var ledger } && ledger.Find(worker.Run) is { } row) Tell($"Run {worker.Run} of job {Job} was stopped: {end.Reason}.", row);
            await RecordAsync(interrupted);
        }
        else if (end is { Result: not null } or { Stopped: null })
        {
            await DeliverAsync(DeclaredNow?.Job.Retries ?? RetryPolicy.Usual, worker.Run, worker.Attempt, end.Result ?? new JobResult { Completed = false, Error = ErrorClass.Transient, Reason = end.Reason });
        }

        _span?.End(end);
        (_worker, _span) = (null, null);
        _desk.Files.Clear(Job, except: null);
        await _desk.Feed.RefreshAsync(_abandoned.Token);
    }

    private async Task DeliverAsync(RetryPolicy retries, string run, RunAttempt attempt, JobResult result)
    {
        _desk.Spool.Add(new SpooledResult(Job, run, attempt, result, retries, _desk.Time.GetUtcNow(), Subject));
        await _desk.Spool.DeliverAsync(_abandoned.Token);
    }

    /// <summary>What this job's runs are about: as it is declared now, or was when it was taken up.</summary>
    private RunSubject? Subject => Declared is var (job, resource) ? RunReport.SubjectOf(job, resource) with { SharedVolumes = AttachedHere } : null;

    private ImmutableArray<string> AttachedHere => _desk.Feed.Current is { } state ? Volumes.SharedVolumes.AttachedTo(state.View, _resource.Node) : [];

    private NodeSettings OfNode => _desk.Feed.Current?.View.SettingsOf(_resource.Node) ?? NodeSettings.None;

    private (JobSpec Job, ResourceSpec Resource)? Declared => DeclaredNow ?? JobReading.Find(_resource.Role);

    private (JobSpec Job, ResourceSpec Resource)? DeclaredNow => _desk.Feed.Current is { } state && state.View.Roles.TryGetValue(Job, out var role) ? JobReading.Find(role.Value) : null;

    private void Tell(string message, JobRun row) =>
        _desk.Journal.Add($"job.{row.State.ToString().ToLowerInvariant()}", message, Job.Value, epoch: _owner.Epoch.ToString(), data: RunReport.EntryOf(Job, Subject, row));

    private async Task RecordAsync(JobOutcome outcome)
    {
        if (outcome is JobOutcome.Recorded) await _desk.Feed.RefreshAsync(_abandoned.Token);
        else await WaitAsync(_desk.Feed.Current, Again);
    }

    private async Task WaitAsync(FeedState? seen, TimeSpan longest)
    {
        // On the way out only the worker's end is left to wait for.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_abandoned.Token, _worker is null ? _leaving.Token : CancellationToken.None);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(either.Token);
        await Task.WhenAny(ChangeAsync(seen, over.Token), _worker?.Completion ?? _desk.Time.PauseAsync(Timeout.InfiniteTimeSpan, over.Token), _desk.Time.PauseAsync(longest > TimeSpan.Zero ? longest + Tick : Tick, over.Token));
        over.Cancel();
        _abandoned.Token.ThrowIfCancellationRequested();
    }

    private async Task ChangeAsync(FeedState? seen, CancellationToken cancellationToken)
    {
        try
        {
            // Nodes renew their leases all the time, which is nothing to a job.
            var known = seen;
            do
            {
                await _desk.Feed.WaitForChangeAsync(known, cancellationToken);
                known = _desk.Feed.Current;
            }
            while (seen is not null && known?.View.IsOnlyRenewedSince(seen.View) == true);
        }
        catch (OperationCanceledException)
        {
        }
    }
}
