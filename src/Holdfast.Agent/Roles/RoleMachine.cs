using System.Collections.Immutable;
using Holdfast.Agent.Declarations;
using Holdfast.Agent.Resources;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Roles;

/// <summary>A restart that counts.</summary>
/// <param name="At">When.</param>
/// <param name="Of">The resource, when it is not critical and has a budget of its own; null for those that are, which share one.</param>
internal sealed record CountedRestart(ClockReading At, ResourceName? Of);

/// <summary>What the runner shall do next.</summary>
internal abstract record RoleAction
{
    /// <summary>Bring a resource online, probes included; answer with <see cref="RoleInput.CameOnline"/> or <see cref="RoleInput.Failed"/>.</summary>
    internal sealed record Start(ResourceName Resource) : RoleAction;

    /// <summary>Take a resource offline, cancelling a start or watch of it; answer with <see cref="RoleInput.WentOffline"/>.</summary>
    internal sealed record Stop(ResourceName Resource) : RoleAction;

    /// <summary>Go on with the changed declaration of a resource that is not offline: its probes, time limits and the way it is stopped.</summary>
    internal sealed record Update(ResourceName Resource) : RoleAction;
}

/// <summary>What happened.</summary>
internal abstract record RoleInput
{
    internal sealed record CameOnline(ResourceName Resource) : RoleInput;

    /// <summary>A readiness probe fails, with what is wrong, or passes again.</summary>
    internal sealed record Readiness(ResourceName Resource, string? Problem) : RoleInput;

    /// <summary>It failed to start, or its probes failed.</summary>
    internal sealed record Failed(ResourceName Resource, string Reason) : RoleInput;

    /// <summary>It runs as this process now, whether or not it is ready.</summary>
    internal sealed record Launched(ResourceName Resource, int ProcessId) : RoleInput;

    /// <summary>A process of it ended by itself: the present one, or one before it whose end is told late.</summary>
    internal sealed record Exited(ResourceName Resource, int ProcessId, string Reason) : RoleInput;

    /// <summary>The leash has closed this epoch for good: the role can only be released and placed anew.</summary>
    internal sealed record Closed(string Reason) : RoleInput;

    /// <summary>In maintenance: what its probes say now, null when they pass again. Elsewhere a failed probe is <see cref="Failed"/>.</summary>
    internal sealed record Noticed(ResourceName Resource, string? Problem) : RoleInput;

    /// <summary>Whether anybody uses it has changed.</summary>
    internal sealed record Idled(ResourceName Resource, bool Idle) : RoleInput;

    /// <summary>A stop was verified.</summary>
    internal sealed record WentOffline(ResourceName Resource) : RoleInput;

    /// <summary>The declaration changed.</summary>
    internal sealed record Declared(RoleSpec Spec) : RoleInput;

    /// <summary>The role shall be offline here; there is no way back at this epoch.</summary>
    internal sealed record Leave : RoleInput;

    /// <summary>Nothing happened; start what is due.</summary>
    internal sealed record Begin : RoleInput;
}

/// <summary>One resource as the machine sees it.</summary>
/// <param name="Spec">What is running, or was last: the declaration, but for what takes effect only at the next start.</param>
/// <param name="State">The state.</param>
/// <param name="Reason">Why.</param>
/// <param name="Cycle">It must go offline once before anything else.</param>
internal sealed record ResourceCell(ResourceSpec Spec, OnlineState State, string Reason, bool Cycle)
{
    /// <summary>Gets the process that it runs as; 0 while that is not known, or when it is none.</summary>
    public int ProcessId { get; init; }

    /// <summary>Gets what its probes say against it, when nothing is done about that.</summary>
    public string? Problem { get; init; }

    /// <summary>Gets whether nobody uses it, as its idle probe says.</summary>
    public bool Idle { get; init; }

    /// <summary>Gets whether its restarts are spent and its role goes on without it; only what is not critical.</summary>
    public bool Abandoned { get; init; }

    /// <summary>Gets whether the leash holds it from an agent before this one: to go on with it is no action.</summary>
    public bool Held { get; init; }

    /// <summary>Gets whether its readiness probes pass; it says something only while it is online.</summary>
    public bool IsReady { get; init; } = true;

    /// <summary>Gets the exits told while it starts and its process is not known: one of them may be that process's.</summary>
    public ImmutableArray<RoleInput.Exited> Exits { get; init; } = [];
}

/// <summary>
/// The order in which one role's resources start, stop and are restarted on its owner: a pure function over immutable state.
/// Dependencies come online first and go offline last; a failed resource takes those that depend on it down and up with it;
/// when the restart budget is spent the role is given up and waits to be moved.
/// </summary>
internal sealed record RoleMachine
{
    private const string Well = "running, and its probes pass";

    /// <summary>Gets the declaration.</summary>
    public required RoleSpec Spec { get; init; }

    /// <summary>Gets the resources by name; those no longer declared stay until they are offline.</summary>
    public required ImmutableSortedDictionary<ResourceName, ResourceCell> Cells { get; init; }

    /// <summary>Gets whether the role shall go offline.</summary>
    public bool Leaving { get; init; }

    /// <summary>Gets why the role cannot go on here; null while it can.</summary>
    public string? GivenUp { get; init; }

    /// <summary>Gets whether the leash has closed this epoch: then no new declaration is a new chance.</summary>
    public bool EpochClosed { get; init; }

    /// <summary>
    /// Gets whether it is only observed, because it is in maintenance. What was under way when the maintenance began is finished first: half started
    /// is no state to be left in.
    /// </summary>
    public bool Observing { get; init; }

    /// <summary>Gets when resources were restarted, within the budget's period.</summary>
    public ImmutableArray<CountedRestart> Restarts { get; init; } = [];

    /// <summary>Gets whether everything that is wanted is online and well, also what is not critical.</summary>
    public bool IsWhole => Spec.Resources.Where(r => IsWanted(r.Name)).All(r => Cells[r.Name] is { State: OnlineState.Online, Problem: null });

    /// <summary>Gets whether nobody uses the role, by all its resources that can tell; false when none can.</summary>
    public bool IsIdle => Spec.Resources.Where(r => r.Idle is not null && IsWanted(r.Name)).ToList() is { Count: > 0 } tellers && tellers.All(r => Cells[r.Name] is { State: OnlineState.Online, Idle: true });

    /// <summary>Gets whether everything is verified offline.</summary>
    public bool IsOffline => Cells.Values.All(cell => cell.State == OnlineState.Offline);

    /// <summary>A role that has not been started here yet.</summary>
    /// <param name="isHeld">Whether the leash holds something of a resource from an agent before this one; null when it holds nothing.</param>
    public static RoleMachine For(RoleSpec spec, Func<ResourceName, bool>? isHeld = null) => new()
    {
        Spec = spec,
        Cells = spec.Resources.ToImmutableSortedDictionary(r => r.Name, r => new ResourceCell(r, OnlineState.Offline, "not started yet", false) { Held = isHeld?.Invoke(r.Name) == true }),
        Observing = spec.Maintenance is not null && isHeld is not null && spec.Resources.Any(r => isHeld(r.Name)),
    };

    /// <summary>A role of which an agent before this one left something running here that shall only be ended.</summary>
    public static RoleMachine Left(RoleSpec spec, Func<ResourceName, bool> isLeft) => new()
    {
        Spec = spec,
        Cells = spec.Resources.ToImmutableSortedDictionary(r => r.Name, r => isLeft(r.Name)
            ? new ResourceCell(r, OnlineState.Online, "left by the agent before", false)
            : new ResourceCell(r, OnlineState.Offline, "not started", false)),
    };

    /// <summary>The next state and what to do.</summary>
    public (RoleMachine Next, ImmutableArray<RoleAction> Actions) On(RoleInput input, ClockReading now)
    {
        var next = input switch
        {
            RoleInput.CameOnline came => Cells.TryGetValue(came.Resource, out var cell) && cell.State == OnlineState.Starting
                ? With(came.Resource, cell with { State = OnlineState.Online, Reason = Well }) : this,
            RoleInput.Idled idled => Cells.TryGetValue(idled.Resource, out var cell) ? With(idled.Resource, cell with { Idle = idled.Idle }) : this,
            RoleInput.Readiness ready => Cells.TryGetValue(ready.Resource, out var cell) && cell is { State: OnlineState.Online, Cycle: false }
                ? With(ready.Resource, cell with { Reason = ready.Problem is { } problem ? $"running, but not ready: {problem}" : Well, IsReady = ready.Problem is null }) : this,
            RoleInput.WentOffline went => Cells.TryGetValue(went.Resource, out var cell) ? AfterOffline(went.Resource, cell) : this,
            RoleInput.Failed failed => AfterFailure(failed, now),
            RoleInput.Launched launched => AfterLaunch(launched, now),
            RoleInput.Exited exited => AfterExit(exited, now),
            RoleInput.Noticed noticed => Cells.TryGetValue(noticed.Resource, out var cell) && Observing ? With(noticed.Resource, cell with { Problem = noticed.Problem }) : this,
            RoleInput.Declared declared => AfterDeclaration(declared.Spec),
            RoleInput.Closed closed => this with { GivenUp = closed.Reason, EpochClosed = true },
            RoleInput.Leave => this with { Leaving = true },
            RoleInput.Begin => this,
            _ => throw new InvalidOperationException($"Unknown input {input.GetType().Name}."),
        };
        var (settled, actions) = next.Settle();
        settled = settled.Observe();
        return input is RoleInput.Declared ? (settled, [.. ChangedInPlace(next), .. actions]) : (settled, actions);
    }

    /// <summary>What the owner says of the role.</summary>
    public (OnlineState State, string Reason) Summary()
    {
        if (Leaving) return IsOffline ? (OnlineState.Offline, "everything is offline") : (OnlineState.Stopping, Doing(OnlineState.Stopping, "stopping"));
        if (GivenUp is { } reason) return (OnlineState.Failed, reason);
        var wanted = Spec.Resources.Where(r => IsWanted(r.Name)).ToList();
        if (Observing && wanted.Where(r => Cells[r.Name] is not { State: OnlineState.Online, Problem: null }).ToList() is [var first, ..] amiss) return Observed(first, amiss.Count);
        if (wanted.All(r => Cells[r.Name].State == OnlineState.Online))
        {
            var waiting = wanted.Where(r => !Cells[r.Name].IsReady).Select(r => r.Name.Value).ToList();
            return (OnlineState.Online, waiting.Count == 0 ? "every resource is online" : $"every resource is online, but not ready: {string.Join(", ", waiting)}");
        }

        if (wanted.Where(r => !r.NonCritical).All(r => Cells[r.Name].State == OnlineState.Online))
        {
            var missing = wanted.First(r => Cells[r.Name].State != OnlineState.Online).Name;
            return (OnlineState.Online, $"every critical resource is online; {missing} is not ({Cells[missing].Reason})");
        }

        return (OnlineState.Starting, Doing(OnlineState.Starting, "starting"));
    }

    private (OnlineState State, string Reason) Observed(ResourceSpec first, int count)
    {
        var cell = Cells[first.Name];
        var others = count == 1 ? "" : $", and {count - 1} more";
        return cell.State == OnlineState.Offline
            ? (OnlineState.Offline, $"{first.Name} is not running ({cell.Reason}){others}; nothing is done in maintenance")
            : (OnlineState.Failed, $"{first.Name} failed ({cell.Problem ?? cell.Reason}){others}; nothing is done in maintenance");
    }

    /// <summary>Begins to only observe, once nothing is under way any more; what fails meanwhile is not tried again.</summary>
    private RoleMachine Observe() => this with
    {
        Observing = !Leaving && Spec.Maintenance is not null
            && (Observing || GivenUp is not null || Cells.Values.All(cell => cell is { Cycle: false, State: OnlineState.Online or OnlineState.Offline })),
    };

    private string Doing(OnlineState state, string verb)
    {
        var busy = Cells.Where(c => c.Value.State == state).Select(c => c.Key.Value).ToList();
        return busy.Count > 0 ? $"{verb} {string.Join(", ", busy)}" : verb;
    }

    private RoleMachine With(ResourceName name, ResourceCell cell) => this with { Cells = Cells.SetItem(name, cell) };

    private RoleMachine AfterOffline(ResourceName name, ResourceCell cell)
    {
        var declared = Spec.Resources.FirstOrDefault(r => r.Name == name);
        if (declared is null) return this with { Cells = Cells.Remove(name) };
        return With(name, new(declared, OnlineState.Offline, cell.State == OnlineState.Stopping ? cell.Reason : "offline", false) { Abandoned = cell.Abandoned });
    }

    private RoleMachine AfterFailure(RoleInput.Failed failed, ClockReading now)
    {
        if (!Cells.TryGetValue(failed.Resource, out var cell) || cell.State is not (OnlineState.Online or OnlineState.Starting)) return this;
        var recent = Restarts.Where(restart => now.ObservedSince(restart.At) < Spec.Restarts.Period).ToImmutableArray();
        var next = With(failed.Resource, cell with { State = OnlineState.Failed, Reason = failed.Reason, Cycle = true });
        if (Leaving) return next;
        if (Spec.Maintenance is not null) return next with { Observing = true }; // Neither tried again nor counted; when the maintenance is over, it is taken up from here.
        ResourceName? of = cell.Spec.NonCritical ? failed.Resource : null;
        if (recent.Count(restart => restart.Of == of) >= Spec.Restarts.Count)
        {
            if (of is not null)
            {
                return next.With(failed.Resource, next.Cells[failed.Resource] with
                {
                    Abandoned = true, Reason = $"{failed.Reason}; it is not critical, and its restart budget of {Spec.Restarts.Count} in {Durations.Format(Spec.Restarts.Period)} is spent",
                }) with { Restarts = recent };
            }

            return next with
            {
                Restarts = recent,
                GivenUp = $"{failed.Resource} failed ({failed.Reason}) and the restart budget of {Spec.Restarts.Count} in {Durations.Format(Spec.Restarts.Period)} is spent",
            };
        }

        return next with { Restarts = recent.Add(new(now, of)) };
    }

    private RoleMachine AfterLaunch(RoleInput.Launched launched, ClockReading now)
    {
        if (!Cells.TryGetValue(launched.Resource, out var cell) || cell.State is not (OnlineState.Online or OnlineState.Starting)) return this;
        var next = With(launched.Resource, cell with { ProcessId = launched.ProcessId, Exits = [] });
        return cell.Exits.FirstOrDefault(exit => exit.ProcessId == launched.ProcessId) is { } over ? next.AfterFailure(new(over.Resource, over.Reason), now) : next;
    }

    private RoleMachine AfterExit(RoleInput.Exited exited, ClockReading now)
    {
        if (!Cells.TryGetValue(exited.Resource, out var cell)) return this;
        if (cell is { ProcessId: 0, State: OnlineState.Starting }) return With(exited.Resource, cell with { Exits = cell.Exits.Add(exited) });
        return cell.ProcessId == exited.ProcessId ? AfterFailure(new(exited.Resource, exited.Reason), now) : this;
    }

    /// <summary>What runs on with another declaration than before; what must restart for it is stopped as it was started.</summary>
    private IEnumerable<RoleAction> ChangedInPlace(RoleMachine next) =>
        from cell in next.Cells
        where cell.Value is { State: not OnlineState.Offline, Cycle: false } && Cells.TryGetValue(cell.Key, out var before)
            && before.Spec != cell.Value.Spec with { DependsOn = before.Spec.DependsOn, Desired = before.Spec.Desired } // These two are the machine's own business.
        select new RoleAction.Update(cell.Key);

    private RoleMachine AfterDeclaration(RoleSpec spec)
    {
        var cells = Cells;
        foreach (var declared in spec.Resources)
        {
            if (!cells.TryGetValue(declared.Name, out var cell))
            {
                cells = cells.Add(declared.Name, new(declared, OnlineState.Offline, "not started yet", false));
            }
            else if (cell.State != OnlineState.Offline && NeedsRestart(cell.Spec, declared))
            {
                // The order is always that of the present declaration: two orders at once could wait for each other.
                var running = cell.Spec with { DependsOn = declared.DependsOn };
                cells = cells.SetItem(declared.Name, cell with { Spec = running, Cycle = true, Reason = declared.RestartRequests > cell.Spec.RestartRequests ? "a restart was asked for and is pending" : "its declaration changed and a restart is pending" });
            }
            else
            {
                cells = cells.SetItem(declared.Name, cell with { Spec = declared });
            }
        }

        // A new declaration is a new chance, also for what is still on its way down, except at an epoch that nothing can start at.
        cells = cells.ToImmutableSortedDictionary(cell => cell.Key, cell => cell.Value with
        {
            Abandoned = false, Problem = spec.Maintenance is null ? null : cell.Value.Problem, // A probe that still fails says so itself.
        });
        return this with { Spec = spec, Cells = cells, GivenUp = EpochClosed || spec.Maintenance is not null ? GivenUp : null, Observing = Observing && spec.Maintenance is not null };
    }

    /// <summary>Whether what runs is no longer what is declared; how often it is probed and how long it may take can change beneath it.</summary>
    private static bool NeedsRestart(ResourceSpec running, ResourceSpec declared) =>
        running.Type != declared.Type || !ResourceTypes.TryFind(declared.Type, out var type) || ResourceDigest.Of(type, running) != ResourceDigest.Of(type, declared);

    private (RoleMachine, ImmutableArray<RoleAction>) Settle()
    {
        var next = this;
        var actions = ImmutableArray.CreateBuilder<RoleAction>();
        if (next.Observing && !next.Leaving) return next.TakeUpHeld();
        if (next.GivenUp is null || next.Leaving) next = next.SpreadCycles();
        foreach (var (name, cell) in next.Cells)
        {
            var up = next.ShouldBeUp(name, cell);
            var dependents = next.Cells.Where(c => c.Value.Spec.DependsOn.Contains(name));
            switch (cell.State)
            {
                case OnlineState.Offline when up && cell.Spec.DependsOn.All(d => next.Cells.TryGetValue(d, out var on) && on.State == OnlineState.Online && !on.Cycle):
                    next = next.With(name, cell with { State = OnlineState.Starting, Reason = "starting", ProcessId = 0, Exits = [], Held = false, IsReady = true });
                    actions.Add(new RoleAction.Start(name));
                    break;
                case OnlineState.Online or OnlineState.Starting or OnlineState.Failed
                    when !up && !(next.GivenUp is not null && !next.Leaving) && dependents.All(d => d.Value.State == OnlineState.Offline):
                    next = next.With(name, cell with { State = OnlineState.Stopping, Reason = cell.State == OnlineState.Failed ? cell.Reason : "stopping" });
                    actions.Add(new RoleAction.Stop(name));
                    break;
            }
        }

        return (next, actions.ToImmutable());
    }

    /// <summary>In maintenance too an agent goes on with what the one before it had running; in no order, since it all runs already.</summary>
    private (RoleMachine, ImmutableArray<RoleAction>) TakeUpHeld()
    {
        var held = Cells.Where(c => c.Value is { Held: true, State: OnlineState.Offline }).ToList();
        return (this with { Cells = Cells.SetItems(held.Select(c => KeyValuePair.Create(c.Key, c.Value with { State = OnlineState.Starting, Reason = "taken over from the agent before", Held = false }))) },
            [.. held.Select(c => new RoleAction.Start(c.Key))]);
    }

    private bool ShouldBeUp(ResourceName name, ResourceCell cell) => !Leaving && GivenUp is null && !cell.Cycle && !cell.Abandoned && IsWanted(name);

    /// <summary>Whether a resource is wanted online, with everything it stands on, down to the last.</summary>
    private bool IsWanted(ResourceName name) =>
        Spec.Resources.FirstOrDefault(r => r.Name == name) is { Desired: DesiredState.Online } declared && declared.DependsOn.All(IsWanted);

    /// <summary>What depends on a resource that must go offline once must do so too.</summary>
    private RoleMachine SpreadCycles()
    {
        var cells = Cells;
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var (name, cell) in cells)
            {
                if (cell.Cycle || cell.State is OnlineState.Offline or OnlineState.Stopping) continue;
                if (cell.Spec.DependsOn.FirstOrDefault(d => !cells.TryGetValue(d, out var on) || on.Cycle || on.State is OnlineState.Stopping or OnlineState.Failed) is not { Value: not null } cause) continue;
                cells = cells.SetItem(name, cell with { Cycle = true, Reason = $"{cause} has to restart first" });
                changed = true;
            }
        }

        return this with { Cells = cells };
    }
}
