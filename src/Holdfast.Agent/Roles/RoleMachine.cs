using System.Collections.Immutable;
using Holdfast.Agent.Declarations;
using Holdfast.Agent.Resources;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Roles;

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

    /// <summary>Gets when resources were restarted, within the budget's period.</summary>
    public ImmutableArray<ClockReading> Restarts { get; init; } = [];

    /// <summary>Gets whether everything is verified offline.</summary>
    public bool IsOffline => Cells.Values.All(cell => cell.State == OnlineState.Offline);

    /// <summary>A role that has not been started here yet.</summary>
    public static RoleMachine For(RoleSpec spec) => new()
    {
        Spec = spec,
        Cells = spec.Resources.ToImmutableSortedDictionary(r => r.Name, r => new ResourceCell(r, OnlineState.Offline, "not started yet", false)),
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
            RoleInput.Readiness ready => Cells.TryGetValue(ready.Resource, out var cell) && cell is { State: OnlineState.Online, Cycle: false }
                ? With(ready.Resource, cell with { Reason = ready.Problem is { } problem ? $"running, but not ready: {problem}" : Well, IsReady = ready.Problem is null }) : this,
            RoleInput.WentOffline went => Cells.TryGetValue(went.Resource, out var cell) ? AfterOffline(went.Resource, cell) : this,
            RoleInput.Failed failed => AfterFailure(failed, now),
            RoleInput.Launched launched => AfterLaunch(launched, now),
            RoleInput.Exited exited => AfterExit(exited, now),
            RoleInput.Declared declared => AfterDeclaration(declared.Spec),
            RoleInput.Closed closed => this with { GivenUp = closed.Reason, EpochClosed = true },
            RoleInput.Leave => this with { Leaving = true },
            RoleInput.Begin => this,
            _ => throw new InvalidOperationException($"Unknown input {input.GetType().Name}."),
        };
        var (settled, actions) = next.Settle();
        return input is RoleInput.Declared ? (settled, [.. ChangedInPlace(next), .. actions]) : (settled, actions);
    }

    /// <summary>What the owner says of the role.</summary>
    public (OnlineState State, string Reason) Summary()
    {
        if (Leaving) return IsOffline ? (OnlineState.Offline, "everything is offline") : (OnlineState.Stopping, Doing(OnlineState.Stopping, "stopping"));
        if (GivenUp is { } reason) return (OnlineState.Failed, reason);
        var wanted = Spec.Resources.Where(r => IsWanted(r.Name)).ToList();
        if (wanted.All(r => Cells[r.Name].State == OnlineState.Online))
        {
            var waiting = wanted.Where(r => !Cells[r.Name].IsReady).Select(r => r.Name.Value).ToList();
            return (OnlineState.Online, waiting.Count == 0 ? "every resource is online" : $"every resource is online, but not ready: {string.Join(", ", waiting)}");
        }

        return (OnlineState.Starting, Doing(OnlineState.Starting, "starting"));
    }

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
        return With(name, new(declared, OnlineState.Offline, cell.State == OnlineState.Stopping ? cell.Reason : "offline", false));
    }

    private RoleMachine AfterFailure(RoleInput.Failed failed, ClockReading now)
    {
        if (!Cells.TryGetValue(failed.Resource, out var cell) || cell.State is not (OnlineState.Online or OnlineState.Starting)) return this;
        var recent = Restarts.Where(at => now.ObservedSince(at) < Spec.Restarts.Period).ToImmutableArray();
        var next = With(failed.Resource, cell with { State = OnlineState.Failed, Reason = failed.Reason, Cycle = true });
        if (Leaving) return next;
        if (recent.Length >= Spec.Restarts.Count)
        {
            return next with
            {
                Restarts = recent,
                GivenUp = $"{failed.Resource} failed ({failed.Reason}) and the restart budget of {Spec.Restarts.Count} in {Durations.Format(Spec.Restarts.Period)} is spent",
            };
        }

        return next with { Restarts = recent.Add(now) };
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
            else if (cell.State == OnlineState.Offline)
            {
                cells = cells.SetItem(declared.Name, cell with { Spec = declared });
            }
            else if (NeedsRestart(cell.Spec, declared))
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

        // A new declaration is a new chance, except at an epoch that nothing can start at.
        return this with { Spec = spec, Cells = cells, GivenUp = EpochClosed ? GivenUp : null };
    }

    /// <summary>Whether what runs is no longer what is declared; how often it is probed and how long it may take can change beneath it.</summary>
    private static bool NeedsRestart(ResourceSpec running, ResourceSpec declared) =>
        running.Type != declared.Type || !ResourceTypes.TryFind(declared.Type, out var type) || ResourceDigest.Of(type, running) != ResourceDigest.Of(type, declared);

    private (RoleMachine, ImmutableArray<RoleAction>) Settle()
    {
        var next = this;
        var actions = ImmutableArray.CreateBuilder<RoleAction>();
        if (next.GivenUp is null || next.Leaving) next = next.SpreadCycles();
        foreach (var (name, cell) in next.Cells)
        {
            var up = next.ShouldBeUp(name, cell);
            var dependents = next.Cells.Where(c => c.Value.Spec.DependsOn.Contains(name));
            switch (cell.State)
            {
                case OnlineState.Offline when up && cell.Spec.DependsOn.All(d => next.Cells.TryGetValue(d, out var on) && on.State == OnlineState.Online && !on.Cycle):
                    next = next.With(name, cell with { State = OnlineState.Starting, Reason = "starting", ProcessId = 0, Exits = [], IsReady = true });
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

    private bool ShouldBeUp(ResourceName name, ResourceCell cell) => !Leaving && GivenUp is null && !cell.Cycle && IsWanted(name);

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
