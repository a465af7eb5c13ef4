using System.Collections.Immutable;
using System.Threading.Channels;
using Holdfast.Agent.Api;
using Holdfast.Agent.Events;
using Holdfast.Agent.Leases;
using Holdfast.Agent.Probes;
using Holdfast.Agent.Resources;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Cluster;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;
using Holdfast.Store;
using Microsoft.Extensions.Logging;

namespace Holdfast.Agent.Roles;

/// <summary>What every run on this node shares.</summary>
internal sealed record RoleRunContext(
    NodeName Node, ILeash Leash, IPeers Peers, ProbeRunner Probes, string LogDirectory, INodeClock Clock, TimeProvider Time, EventJournal Journal, ILogger Logger, Jobs.IJobDesk? Jobs = null, string RunDirectory = "/run/holdfast");

/// <summary>How a role came to this node, to be measured.</summary>
/// <param name="Kind">Why; null when it is not to be measured, because it runs already or is only to be ended.</param>
/// <param name="Since">Since when it has been on its way, if that was seen here.</param>
/// <param name="Earlier">What was measured before, newest first.</param>
internal sealed record Arrival(ChangeKind? Kind, ClockReading? Since, ImmutableArray<TakeoverMeasure> Earlier);

/// <summary>
/// One role on this node at one epoch: carries out what <see cref="RoleMachine"/> decides. Inputs are taken one at a time;
/// starts and stops run beside each other and answer with inputs.
/// </summary>
internal sealed class RoleRun
{
    private readonly RoleRunContext _context;
    private readonly Warrant _warrant;
    private readonly ResourceWatch _watch;
    private readonly List<HeldUnit> _held;
    private readonly Dictionary<ResourceName, ResourceRun> _runs = [];
    private readonly Channel<RoleInput> _inputs = Channel.CreateUnbounded<RoleInput>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _abandoned = new();
    private readonly Signal _offline = new();
    private readonly ClockReading _begun;
    private readonly bool _handedOver;
    private readonly Arrival _arrival;
    private RoleMachine _machine;
    private (OnlineState State, string Reason) _told = (OnlineState.Offline, "");

    /// <summary>Begins a run.</summary>
    /// <param name="held">What the leash holds of it from an agent before this one.</param>
    /// <param name="handedOver">The owner before was seen to take it offline just now, and nothing was started here since.</param>
    /// <param name="leaving">The role is being released: what is left of it is ended, and nothing is started for that.</param>
    public RoleRun(RoleSpec spec, Epoch epoch, long incarnation, IEnumerable<HeldUnit> held, bool leaving, bool handedOver, Arrival arrival, RoleRunContext context)
    {
        (_context, Epoch, _handedOver, _arrival) = (context, epoch, handedOver, arrival);
        _warrant = new Warrant(spec.Name.Value, incarnation, epoch.ToLeash());
        _held = [.. held];
        _machine = leaving ? RoleMachine.Left(spec, name => _held.Exists(unit => unit.Unit == UnitOf(spec, name))) : RoleMachine.For(spec, name => _held.Exists(unit => unit.Unit == UnitOf(spec, name)));
        _watch = new ResourceWatch(context, _warrant, _inputs.Writer, () => _machine);
        _begun = context.Clock.Now;
        Status = Describe();
        Completion = LoopAsync();
        _inputs.Writer.TryWrite(leaving ? new RoleInput.Leave() : new RoleInput.Begin());
    }

    /// <summary>Gets the epoch it runs at.</summary>
    public Epoch Epoch { get; }

    /// <summary>Gets the declaration it follows.</summary>
    public RoleSpec Spec => _machine.Spec;

    /// <summary>Gets what there is to report.</summary>
    public RoleStatus Status { get; private set; }

    /// <summary>Gets whether everything of it is online.</summary>
    public bool IsWhole => _machine.IsWhole;

    /// <summary>Gets a task that ends when, after <see cref="Leave"/>, everything is verified offline.</summary>
    public Task Offline => _offline.Task;

    /// <summary>Gets the run's own loop.</summary>
    public Task Completion { get; }

    /// <summary>Raised when <see cref="Status"/> changed.</summary>
    public event Action? Changed;

    /// <summary>Takes a new declaration.</summary>
    public void Declare(RoleSpec spec) => _inputs.Writer.TryWrite(new RoleInput.Declared(spec));

    /// <summary>Takes everything offline.</summary>
    public void Leave() => _inputs.Writer.TryWrite(new RoleInput.Leave());

    /// <summary>The leash saw the main process of a unit of this role end.</summary>
    public void OnExit(string unit, int processId, int exitCode)
    {
        var resource = _machine.Spec.Resources.FirstOrDefault(r => $"{Spec.Name}/{r.Name}" == unit);
        if (resource is not null) _inputs.Writer.TryWrite(new RoleInput.Exited(resource.Name, processId, exitCode is > 128 and <= 128 + 64 ? $"its process was ended by signal {exitCode - 128}" : $"its process exited with {exitCode}"));
    }

    /// <summary>The leash ended everything: stop watching, make no more effects.</summary>
    public void Abandon()
    {
        _abandoned.Cancel();
        _inputs.Writer.TryComplete();
        _offline.Cancel();
    }

    private async Task LoopAsync()
    {
        // Not ReadAllAsync, which goes on anywhere: inputs are taken in the run's own context.
        while (await _inputs.Reader.WaitToReadAsync())
        {
            if (!_inputs.Reader.TryRead(out var input)) continue;
            if (_abandoned.IsCancellationRequested) return;
            var before = _machine;
            (_machine, var actions) = before.On(input, _context.Clock.Now);
            if (input is RoleInput.Noticed noticed) Tell(noticed);
            if (input is RoleInput.Readiness ready && before.Cells.TryGetValue(ready.Resource, out var was) && _machine.Cells[ready.Resource].IsReady != was.IsReady)
                Tell(ready.Problem is null ? "resource.ready" : "resource.not-ready", ready.Resource, ready.Problem is null ? $"{ready.Resource} is ready again." : $"{ready.Resource} runs but is not ready: {ready.Problem}.");
            if (FailureIn(input, before, _machine) is var (resource, reason)) Tell("resource.failed", resource, $"{resource} failed: {reason}.");
            foreach (var action in actions) Carry(action);
            Report();
            if (_machine is { Leaving: true, IsOffline: true })
            {
                foreach (var left in _held.OrderBy(unit => unit.Kind)) await EndAsync(left);
                _offline.Set();
                return;
            }
        }
    }

    private static (ResourceName Resource, string Reason)? FailureIn(RoleInput input, RoleMachine before, RoleMachine after)
    {
        if (input is RoleInput.Failed failed) return (failed.Resource, failed.Reason);
        // Whether an exit counts, the machine decides; what failed has to go offline once.
        var about = input switch { RoleInput.Exited exited => exited.Resource, RoleInput.Launched launched => launched.Resource, _ => (ResourceName?)null };
        return about is { } resource && after.Cells.TryGetValue(resource, out var cell) && cell.Cycle && !before.Cells[resource].Cycle ? (resource, cell.Reason) : null;
    }

    private void Tell(RoleInput.Noticed noticed) => Tell(noticed.Problem is null ? "resource.well" : "resource.problem", noticed.Resource, noticed.Problem is { } problem
        ? $"{noticed.Resource} has a problem: {problem}. Nothing is done about it in maintenance." : $"{noticed.Resource} is well again.");

    private void Carry(RoleAction action)
    {
        switch (action)
        {
            case RoleAction.Start start:
                var spec = _machine.Cells[start.Resource].Spec;
                if (Create(spec) is not { } run)
                {
                    _inputs.Writer.TryWrite(new RoleInput.Failed(start.Resource, ResourceTypes.Unknown(spec.Type).TrimEnd('.')));
                    break;
                }

                var held = _held.FirstOrDefault(unit => unit.Unit == UnitOf(Spec, start.Resource) && unit.Kind == KindOf(spec));
                if (held is not null) _held.Remove(held);
                run.Watch = StartAsync(run, held);
                break;
            case RoleAction.Update update:
                var changed = _machine.Cells[update.Resource].Spec;
                if (_runs.TryGetValue(update.Resource, out var present) && Make(changed) is { } resource) present.Update(changed, resource);
                break;
            case RoleAction.Stop stop:
                // Without a run it was an agent before this one that started it, or it is of a type that only a newer version knows.
                if (_runs.GetValueOrDefault(stop.Resource) is { } running || (running = Create(_machine.Cells[stop.Resource].Spec)) is not null) _ = StopAsync(stop.Resource, running);
                else _inputs.Writer.TryWrite(new RoleInput.WentOffline(stop.Resource));
                break;
        }
    }

    private ResourceRun? Create(ResourceSpec spec) =>
        Make(spec) is { } resource ? _runs[spec.Name] = new ResourceRun(spec, resource, CancellationTokenSource.CreateLinkedTokenSource(_abandoned.Token)) : null;

    private IResource? Make(ResourceSpec spec) => !ResourceTypes.TryFind(spec.Type, out var type) ? null : type.Create(new ResourceContext
    {
        Role = _machine.Spec, Resource = spec, Node = _context.Node, Warrant = _warrant, Leash = _context.Leash, Peers = _context.Peers, Jobs = _context.Jobs,
        HandedOver = _handedOver && !_runs.ContainsKey(spec.Name), LogDirectory = _context.LogDirectory, RunDirectory = _context.RunDirectory, Time = _context.Time, Logger = _context.Logger,
    });

    private static string UnitOf(RoleSpec role, ResourceName resource) => $"{role.Name}/{resource}";

    /// <summary>Brings a resource online and watches it until it fails or is stopped.</summary>
    private async Task StartAsync(ResourceRun run, HeldUnit? held)
    {
        var (name, stopped) = (run.Spec.Name, run.Stop.Token);
        try
        {
            using (var limit = new CancellationTokenSource())
            using (var linked = CancellationTokenSource.CreateLinkedTokenSource(stopped, limit.Token))
            {
                var timing = LimitAsync(run, limit, linked.Token);
                try
                {
                    var resource = run.Resource;
                    await resource.OnlineAsync(held, linked.Token);
                    if (resource.ProcessId != 0) _inputs.Writer.TryWrite(new RoleInput.Launched(name, resource.ProcessId));
                    await resource.UntilReadyAsync(linked.Token);
                    await _watch.UntilReadyAsync(run, linked.Token);
                }
                catch (OperationCanceledException) when (limit.IsCancellationRequested && !stopped.IsCancellationRequested)
                {
                    throw new HoldfastException(ErrorKind.Unavailable, "resource.start-timeout", $"it was not online within {run.Spec.StartTimeout.TotalSeconds:0.#} s{run.LastProblem}");
                }
                finally
                {
                    limit.Cancel();
                    await timing;
                }
            }

            _inputs.Writer.TryWrite(new RoleInput.CameOnline(name));
            while (!await _watch.WatchAsync(run, run.Changed, stopped))
            {
            }
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
        }
        catch (LeashRefusedException exception) when (exception.Code != "leash.failed")
        {
            // The lease is over or the epoch closed: not the resource's fault, and the run is about to be left or abandoned.
            Tell("resource.refused", name, $"{name} was not started: {exception.Message}");
            if (exception.Code == "leash.epoch-closed") _inputs.Writer.TryWrite(new RoleInput.Closed(exception.Message));
        }
        catch (Exception exception)
        {
            // Also what nobody thought of: a resource that is neither online nor failed could never be stopped or moved.
            _inputs.Writer.TryWrite(new RoleInput.Failed(name, exception.Message.TrimEnd('.')));
        }
    }

    /// <summary>Cancels a start that takes longer than it may by the present declaration.</summary>
    private async Task LimitAsync(ResourceRun run, CancellationTokenSource limit, CancellationToken over)
    {
        var begun = _context.Time.GetTimestamp();
        while (!over.IsCancellationRequested)
        {
            var changed = run.Changed;
            var rest = run.Spec.StartTimeout - _context.Time.GetElapsedTime(begun);
            if (rest <= TimeSpan.Zero) limit.Cancel();
            else await _context.Time.PauseUntilAsync(rest, changed, over);
        }
    }

    /// <summary>Takes a resource offline; tries again until it is verified, because nothing else may own the role before.</summary>
    private async Task StopAsync(ResourceName name, ResourceRun run)
    {
        run.Stop.Cancel();
        await run.Watch;
        while (!_abandoned.IsCancellationRequested)
        {
            try
            {
                if (KindOf(run.Spec) != UnitKind.Process && run.Spec.Probes.Any(probe => probe.Kind == ProbeKind.Command))
                    await _context.Leash.StopAsync($"{Spec.Name}/{name}", 9, TimeSpan.Zero, _abandoned.Token); // The namespace that its command probes ran in.
                await run.Resource.OfflineAsync(_abandoned.Token);
                _inputs.Writer.TryWrite(new RoleInput.WentOffline(name));
                return;
            }
            catch (OperationCanceledException) when (_abandoned.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                Tell("resource.stop-failed", name, $"{name} could not be taken offline: {exception.Message} It is tried again.");
                try
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), _context.Time, _abandoned.Token);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Ends what an earlier agent left of this role and no start here has adopted.</summary>
    private async Task EndAsync(HeldUnit unit)
    {
        try
        {
            await _context.Leash.EndAsync(unit, _abandoned.Token);
        }
        catch (Exception exception) when (exception is LeashRefusedException or OperationCanceledException)
        {
            // Closing the epoch asks again, and is refused while anything is left.
        }
    }

    /// <summary>What the leash holds for a resource of this type when it is online.</summary>
    private static UnitKind KindOf(ResourceSpec spec) => spec.Type switch
    {
        "ip-address" => UnitKind.Address,
        "disk" => UnitKind.Mount,
        _ => UnitKind.Process,
    };

    private void Report()
    {
        var status = Describe();
        if (status == Status) return;
        if ((status.State != _told.State || (status.State != OnlineState.Online && status.Reason != _told.Reason)) && status.State is OnlineState.Online or OnlineState.Failed or OnlineState.Offline)
        {
            _told = (status.State, status.Reason);
            var text = status.State == OnlineState.Online ? $"Role {Spec.Name} is online on {_context.Node} at epoch {Epoch}." : $"Role {Spec.Name} is {status.State.ToString().ToLowerInvariant()} on {_context.Node}: {status.Reason}.";
            _context.Journal.Add($"role.{status.State.ToString().ToLowerInvariant()}", text, Spec.Name.Value, epoch: Epoch.ToString(), data: status.State == OnlineState.Online ? OwnerOf(status) : null);
        }

        Status = status;
        Changed?.Invoke();
    }

    /// <summary>What history keeps of an owner: that it has the role, why, and how long nobody had.</summary>
    private JournalData OwnerOf(RoleStatus status)
    {
        var away = _arrival.Kind is not (null or ChangeKind.FirstStart) && status.Takeovers is [{ Whole: { } whole }, ..] ? whole.TotalSeconds : (double?)null;
        return new JournalData(Owner: new OwnerEntry(Spec.Name.Value, _context.Node.Value, Epoch.ToString(), Ended: false, _arrival.Kind, away));
    }

    private RoleStatus Describe()
    {
        var (state, reason) = _machine.Summary();
        var now = _context.Clock.Now;
        var took = Status?.LastStartTook ?? (state == OnlineState.Online ? now.ObservedSince(_begun) : null);
        return new RoleStatus
        {
            Role = Spec.Name, Node = _context.Node, Epoch = Epoch, State = state, Reason = reason, GivenUp = _machine.GivenUp is not null, Idle = _machine.IsIdle,
            Resources = [.. _machine.Spec.Resources.Where(r => _machine.Cells.ContainsKey(r.Name)).Select(r => StatusOf(r.Name, _machine.Cells[r.Name]))],
            LastStartTook = took,
            Takeovers = Status?.LastStartTook is not null ? Status.Takeovers : took is { } start ? Measured(start, now) : _arrival.Earlier,
        };
    }

    private static ResourceStatus StatusOf(ResourceName name, ResourceCell cell) =>
        cell is { State: OnlineState.Online, Problem: { } problem } ? new(name, OnlineState.Failed, problem) : new(name, cell.Abandoned ? OnlineState.Failed : cell.State, cell.Reason);

    private ImmutableArray<TakeoverMeasure> Measured(TimeSpan start, ClockReading now) => _arrival.Kind is not { } kind ? _arrival.Earlier
        : [new(_context.Node, kind, start, _arrival.Since is { } since ? now.ObservedSince(since) : null), .. _arrival.Earlier.Take(RoleStatus.MeasuresKept - 1)];

    private void Tell(string kind, ResourceName resource, string message) =>
        _context.Journal.Add(kind, message, Spec.Name.Value, resource.Value, Epoch.ToString());
}
