using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Holdfast.Agent.Api;
using Holdfast.Agent.Leases;
using Holdfast.Agent.Planning;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;
using Holdfast.Store;
using Holdfast.Store.Registry;
using Microsoft.Extensions.Logging;

namespace Holdfast.Agent.Roles;

/// <summary>
/// Runs what the placements give this node and releases what they take away. It acts only while the node holds its lease and
/// reads itself as owner at the present epoch (DESIGN section 6, step 5); the leash checks the same again at every effect.
/// </summary>
internal sealed partial class RoleRunner(
    ClusterRegistry registry, ClusterFeed feed, LeaseKeeper keeper, PlannerLoop planner, RoleRunContext context, ProgressMonitor progress, ILogger<RoleRunner> logger)
{
    private const int MostReports = 200; // In one commit: a status with its reason and what was measured is a few hundred bytes, or a few thousand.
    private static readonly TimeSpan StrayPause = TimeSpan.FromSeconds(1);
    private readonly Dictionary<RoleName, RoleRun> _runs = [];
    private readonly HashSet<RoleName> _releasing = [];
    private readonly HashSet<RoleName> _straying = [];
    private readonly Dictionary<RoleName, (RoleStatus Status, long Revision)> _reported = [];
    private readonly TakeoverClock _takeovers = new();
    private ImmutableArray<HeldUnit> _held = [];
    private long _incarnation;
    private Signal _nudge = new();

    /// <summary>Gets how many roles run here.</summary>
    public int Count => _runs.Count;

    /// <summary>Hands over what the leash held when this agent started, to be adopted or ended.</summary>
    public void Adopt(IEnumerable<HeldUnit> held) => _held = [.. held.Where(unit => unit.Role is not null)];

    /// <summary>A unit's main process ended by itself.</summary>
    public void OnExit(LeashEvent.UnitExited exited)
    {
        lock (_runs)
        {
            foreach (var run in _runs.Values)
            {
                if (run.Epoch == exited.Epoch.ToEpoch()) run.OnExit(exited.Unit, exited.ProcessId, exited.ExitCode);
            }
        }
    }

    /// <summary>The leash ended everything of an incarnation: nothing here runs any more.</summary>
    public void OnExpired(long incarnation)
    {
        lock (_runs)
        {
            if (incarnation != _incarnation) return;
            foreach (var run in _runs.Values) run.Abandon();
            _runs.Clear();
            _reported.Clear();
            _held = [];
        }
    }

    /// <summary>Follows the placements until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            progress.Beat("role runner");
            var state = feed.Current;
            var nudge = Volatile.Read(ref _nudge).Task;
            if (state is not null && keeper.Holds)
            {
                lock (_runs)
                {
                    EndStrays(state.View, cancellationToken);
                    Follow(state.View, cancellationToken);
                }

                _takeovers.See(state, context.Clock.Now);

                await ReportAsync(state.View, cancellationToken);
            }

            try
            {
                var changed = feed.WaitForChangeAsync(state, cancellationToken);
                await Task.WhenAny(changed, nudge).WaitAsync(keeper.RenewInterval, context.Time, cancellationToken);
            }
            catch (TimeoutException)
            {
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private void Follow(ClusterView view, CancellationToken cancellationToken)
    {
        var incarnation = keeper.Standing.Incarnation;
        if (incarnation != _incarnation)
        {
            foreach (var run in _runs.Values) run.Abandon();
            _runs.Clear();
            _reported.Clear();
            _incarnation = incarnation;
        }

        var wall = context.Time.GetUtcNow();
        foreach (var (name, placement) in view.Placements)
        {
            var mine = placement.Value.Owner == context.Node && placement.Value.OwnerIncarnation == incarnation;
            _runs.TryGetValue(name, out var run);
            if (run is not null && (!mine || placement.Value.IsFree || run.Epoch != placement.Value.Epoch))
            {
                // A view may be older than the epoch that is running here, never the other way round.
                if (run.Epoch < placement.Value.Epoch || !mine) Release(name, run, incarnation, cancellationToken);
                continue;
            }

            if (!mine || placement.Value.IsFree || _straying.Contains(name) || !TryFindSpec(view, name, wall, out var spec)) continue;
            if (placement.Value.Phase == PlacementPhase.Assigned)
            {
                if (run is null) Begin(view, spec, placement.Value, incarnation, leaving: false);
                else if (run.Spec != spec) run.Declare(spec);
            }
            else
            {
                Release(name, run ?? Begin(view, spec, placement.Value, incarnation, leaving: true), incarnation, cancellationToken);
            }
        }
    }

    /// <summary>The declaration to follow now: with the maintenance that the role is in, be it its own or the cluster's, and without one that is over.</summary>
    private static bool TryFindSpec(ClusterView view, RoleName name, DateTimeOffset wall, [NotNullWhen(true)] out RoleSpec? spec)
    {
        if (!view.TryFindRole(name, out spec, out _)) return false;
        spec = spec with { Maintenance = MaintenanceMode.Of(view, spec, wall) is { } mode ? mode.Maintenance with { Reminders = 0 } : null };
        return true;
    }

    private void Release(RoleName name, RoleRun run, long incarnation, CancellationToken cancellationToken)
    {
        if (_releasing.Add(name)) _ = ReleaseAsync(name, run, incarnation, cancellationToken);
    }

    private RoleRun Begin(ClusterView view, RoleSpec spec, Placement placement, long incarnation, bool leaving)
    {
        var held = _held.Where(unit => unit.Role == spec.Name.Value && unit.Epoch == placement.Epoch.ToLeash()).ToList();
        _held = _held.RemoveRange(held);
        if (!leaving || held.Count > 0) context.Journal.Add(held.Count > 0 ? "role.adopted" : "role.starting", held.Count > 0
            ? $"Role {spec.Name} was found running at epoch {placement.Epoch} and is taken over from the agent before."
            : $"Role {spec.Name} is started at epoch {placement.Epoch}. {placement.History.FirstOrDefault()?.Because.Sentence}".TrimEnd(), spec.Name.Value, epoch: placement.Epoch.ToString());
        // The first start only: who told something at this epoch has begun before.
        var told = view.Statuses.TryGetValue(spec.Name, out var status) ? status.Value : null;
        var isNew = held.Count == 0 && told?.Epoch != placement.Epoch;
        var arrival = new Arrival(isNew && !leaving ? placement.Kind : null, _takeovers.Since(placement), told?.Takeovers ?? []);
        var run = new RoleRun(spec, placement.Epoch, incarnation, held, leaving, handedOver: isNew && placement.HandedOver, arrival, context);
        run.Changed += () => Interlocked.Exchange(ref _nudge, new()).Set();
        _runs[spec.Name] = run;
        return run;
    }

    private void Forget(RoleName name)
    {
        _runs.Remove(name);
        _reported.Remove(name);
    }

    /// <summary>Takes a role offline, closes its epoch at the leash, and only then records it as released (leases rule 11).</summary>
    private async Task ReleaseAsync(RoleName name, RoleRun run, long incarnation, CancellationToken cancellationToken)
    {
        var (epoch, wasOnline) = (run.Epoch, run.Status.State == OnlineState.Online && run.IsWhole);
        try
        {
            run.Leave();
            await run.Offline.WaitAsync(cancellationToken);
            await context.Leash.CloseEpochAsync(name.Value, epoch.ToLeash(), cancellationToken);
            while (feed.Current is { } state && state.View.Placements.TryGetValue(name, out var placement) && placement.Value is { Phase: PlacementPhase.Releasing } releasing
                && releasing.Epoch == epoch && releasing.Owner == context.Node && releasing.OwnerIncarnation == incarnation)
            {
                var released = releasing with { Phase = PlacementPhase.Released };
                var outcome = await planner.PassOnAsync(released, placement.Revision, wasOnline, cancellationToken) ?? await registry.ReleaseAsync(released, placement.Revision, cancellationToken);
                if (outcome is CommitOutcome.Committed) context.Journal.Add("role.released", $"Role {name} is offline here and its epoch {epoch} is closed.", name.Value, epoch: epoch.ToString(),
                    data: new JournalData(Owner: new OwnerEntry(name.Value, context.Node.Value, epoch.ToString(), Ended: true, null, null)));
                await RefreshAsync(cancellationToken);
            }
        }
        catch (Exception exception) when (exception is LeashRefusedException or OperationCanceledException)
        {
            // The lease ended meanwhile (then the leash ended the role), or the agent is stopping.
            if (exception is LeashRefusedException)
            {
                Log.NotReleased(logger, name.Value, exception.Message);
                await context.Time.PauseAsync(keeper.RenewInterval, cancellationToken);
            }
        }
        finally
        {
            lock (_runs)
            {
                _releasing.Remove(name);
                if (_runs.TryGetValue(name, out var present) && ReferenceEquals(present, run)) Forget(name);
            }

            Interlocked.Exchange(ref _nudge, new()).Set();
        }
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await feed.RefreshAsync(cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(25), context.Time, cancellationToken);
        }
    }

    private async Task ReportAsync(ClusterView view, CancellationToken cancellationToken)
    {
        List<(RoleStatus Status, long Revision)> news = [];
        lock (_runs)
        {
            foreach (var (name, run) in _runs)
            {
                if (IsReported(name, run.Status, view) || !view.Placements.TryGetValue(name, out var placement) || placement.Value.Epoch != run.Epoch) continue;
                news.Add((run.Status, placement.Revision));
            }
        }

        foreach (var together in news.Chunk(MostReports))
        {
            switch (await registry.ReportAsync(together, cancellationToken))
            {
                case CommitOutcome.Committed committed:
                    lock (_runs)
                    {
                        foreach (var (status, _) in together) _reported[status.Role] = (status, committed.Revision);
                    }

                    break;
                case CommitOutcome.Conflict:
                    await RefreshAsync(cancellationToken); // A placement moved on; the next round reports against it.
                    break;
            }
        }
    }

    /// <summary>Whether the store has this status, and not an older one whose commit was taken for lost and arrived after it.</summary>
    private bool IsReported(RoleName name, RoleStatus status, ClusterView view) =>
        _reported.TryGetValue(name, out var told) && told.Status == status
        && (view.Revision < told.Revision || (view.Statuses.TryGetValue(name, out var stored) && stored.Value == status));

    /// <summary>Ends what an earlier agent left running that no placement gives this node now; beside the loop, because it may take long.</summary>
    private void EndStrays(ClusterView view, CancellationToken cancellationToken)
    {
        if (_held.IsEmpty || keeper.Standing.ArmedUntil is null) return;
        var strays = _held.Where(unit => !view.Placements.TryGetValue(new RoleName(unit.Role!), out var placement) || placement.Value.IsFree
            || placement.Value.Owner != context.Node || placement.Value.Epoch.ToLeash() != unit.Epoch).ToList();
        _held = _held.RemoveRange(strays);
        foreach (var role in strays.GroupBy(unit => new RoleName(unit.Role!)))
        {
            _straying.Add(role.Key); // Nothing of the role is started here before these are gone.
            _ = EndStraysAsync(role.Key, [.. role.OrderBy(unit => unit.Kind)], cancellationToken); // Processes before what they stand on.
        }
    }

    private async Task EndStraysAsync(RoleName role, IEnumerable<HeldUnit> strays, CancellationToken cancellationToken)
    {
        foreach (var stray in strays)
        {
            context.Journal.Add("role.stray", $"{stray.Unit} was left from epoch {stray.Epoch} and is ended.", stray.Role, epoch: stray.Epoch.ToString());
            while (!cancellationToken.IsCancellationRequested)
            {
                try
                {
                    await context.Leash.EndAsync(stray, cancellationToken);
                    break;
                }
                catch (LeashRefusedException exception)
                {
                    Log.StrayNotEnded(logger, stray.Unit, exception.Message);
                    await context.Time.PauseAsync(StrayPause, cancellationToken);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }

        lock (_runs) _straying.Remove(role);
        Interlocked.Exchange(ref _nudge, new()).Set();
    }

    private static partial class Log // Event ids 2300-2399: roles.
    {
        [LoggerMessage(2300, LogLevel.Warning, "Role {Role} was not released: {Reason}")]
        public static partial void NotReleased(ILogger logger, string role, string reason);

        [LoggerMessage(2301, LogLevel.Warning, "{Unit} from before the agent's restart was not ended yet: {Reason}")]
        public static partial void StrayNotEnded(ILogger logger, string unit, string reason);
    }
}
