using System.Collections.Immutable;
using Holdfast.Cluster;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Roles;
using Holdfast.Simulation.Clusters;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Machines;
using Holdfast.Simulation.Mistakes;
using Holdfast.Simulation.Stores;
using Holdfast.Store.Registry;

namespace Holdfast.Simulation.Campaigns;

/// <summary>
/// One seed: a cluster of its own making, ten virtual minutes with at least twenty faults in any order, and then quiet, in which
/// every role must be served again. Everything, also what the cluster is like, is drawn from the seed.
/// </summary>
internal sealed class Storm
{
    private const int FewestFaults = 20;
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(10);
    private static readonly Fault[] All = Enum.GetValues<Fault>();
    private static readonly TimingProfile LongWan = TimingProfile.Wan with { Name = "wan, long", LeaseDuration = TimeSpan.FromSeconds(9) };

    // The rules do not know how long a second is: faults are drawn in leases, and more of these meet more in one lease.
    private static readonly TimingProfile Slow = TimingProfile.Wan with { Name = "slow", LeaseDuration = TimeSpan.FromSeconds(24), RenewInterval = TimeSpan.FromSeconds(4), KillTime = TimeSpan.FromSeconds(2), CommitTime = TimeSpan.FromSeconds(4) };
    private readonly SimulationRun _simulation;
    private readonly SimulatedCluster _cluster;
    private readonly Tally _tally;
    private readonly Random _random;
    private readonly string[] _roles;
    private readonly TimingProfile _profile;
    private readonly HashSet<SimulatedNode> _troubled = [];
    private int _faults, _healing;
    private bool _together;

    private Storm(SimulationRun simulation, Mistake mistake, Tally tally)
    {
        (_simulation, _tally, _random) = (simulation, tally, simulation.Random);
        // A tighter profile costs so much more time to simulate that it gets its share of that, not of the seeds.
        _profile = _random.Next(200) switch { 0 => TimingProfile.Lan, 1 => TimingProfile.Fast, < 100 => TimingProfile.Wan, _ => Slow };
        var mixed = _profile == TimingProfile.Wan && _random.Next(4) == 0;
        var names = new[] { "a", "b", "c", "d", "e" }[..(_random.Next(10) switch { 0 => 2, 1 => 4, 2 => 5, _ => 3 })];
        _cluster = new SimulatedCluster(simulation, mistake, names.ToDictionary(name => name, _ => mixed && _random.Next(2) == 0 ? LongWan : _profile));
        _roles = [.. Enumerable.Range(1, 1 + _random.Next(3)).Select(i => $"r{i}")];
    }

    /// <summary>Plays one seed.</summary>
    /// <exception cref="SimulationException">An invariant broke.</exception>
    public static Tally Play(long seed, Mistake mistake = Mistake.None)
    {
        var tally = new Tally { Seeds = 1 };
        var run = SimulationRun.Play(seed, simulation => new Storm(simulation, mistake, tally).RunAsync());
        (tally.VirtualHours, tally.Steps) = (run.Time.Now.TotalHours, run.Steps);
        return tally;
    }

    private async Task RunAsync()
    {
        await _cluster.StartAsync(Related([.. _roles.Select(RoleOf)]));
        var end = Length - Bound;
        var average = end.TotalMilliseconds / (FewestFaults * 1.6);
        while (_simulation.Time.Now < end || _faults < FewestFaults)
        {
            // Now and then several at once, now and then time enough to recover.
            await _simulation.Delay(_random.Next(3) == 0 ? _simulation.Between(1, 500) : _simulation.Between(1, average * 2.5));
            await TryAsync(All[_random.Next(All.Length)], _cluster.Nodes.Values.ElementAt(_random.Next(_cluster.Nodes.Count)));
        }

        _simulation.Note("the storm is over");
        while (_healing > 0) await _simulation.Delay(TimeSpan.FromMilliseconds(50));
        foreach (var role in _roles) await UntilServedAsync(role);
        await UntilTogetherAsync();
        if (Length - _simulation.Time.Now is var rest && rest > TimeSpan.Zero) await _simulation.Delay(rest);
        foreach (var role in _roles) await UntilServedAsync(role);
        await UntilTogetherAsync();
        Count();
    }

    private void Count()
    {
        _tally.Takeovers = _cluster.Checker.Takeovers;
        _tally.Incarnations = _cluster.Checker.Incarnations;
        _tally.Expiries = _cluster.Expiries;
        _tally.LostAcknowledgements = _cluster.Health.LostAcknowledgements;
    }

    private RoleSpec RoleOf(string name)
    {
        var role = SimulatedCluster.RoleOf(name);
        if (_random.Next(3) == 0) role = role with { Resources = role.Resources.Add(role.Resources[0] with { Name = new("side"), DependsOn = [new("main")] }) };
        return _random.Next(4) switch
        {
            0 => role with { PreferredOwners = [_cluster.Nodes.Values.First().Name], Failback = new Failback(FailbackPolicy.AtOnce) },
            1 => role with { PossibleOwners = [.. _cluster.Nodes.Values.Take(2).Select(node => node.Name)] },
            _ => role,
        };
    }

    /// <summary>In some seeds two of the roles are kept apart, in some the second goes with the first.</summary>
    private IReadOnlyList<RoleSpec> Related(RoleSpec[] roles)
    {
        if (roles.Length < 2) return roles;
        // Either may be deleted for a while, and what it declares with it: both say so, and both are possible on every node.
        switch (_simulation.Seed % 8) // No draw, so that seeds that found something go on telling their story.
        {
            case 2 or 3:
                (roles[0], roles[1]) = (Anywhere(roles[0]) with { AntiAffinity = [new(roles[1].Name)] }, Anywhere(roles[1]) with { AntiAffinity = [new(roles[0].Name)] });
                _cluster.Checker.KeepApart(_roles[0], _roles[1]);
                break;
            case 6 or 7:
                (roles[0], roles[1]) = (Anywhere(roles[0]), Anywhere(roles[1]) with { Affinity = [new(roles[0].Name)] });
                _together = true;
                break;
        }

        return roles;

        static RoleSpec Anywhere(RoleSpec role) => role with { PossibleOwners = [] };
    }

    private Task UntilTogetherAsync() => !_together ? Task.CompletedTask
        : _simulation.Until(() => _cluster.RunsOn(_roles[0]) is { } node && _cluster.RunsOn(_roles[1]) == node && _cluster.IsServed(_roles[1]), Bound, $"{_roles[1]} is where {_roles[0]} is");

    /// <summary>Gets how long after the last fault's end every role is served again, however they fell together.</summary>
    private TimeSpan Bound => ((_profile.LeaseDuration + _profile.Margin) * 4) + TimeSpan.FromSeconds(10);

    private async Task UntilServedAsync(string role)
    {
        try
        {
            await _cluster.UntilServed(role, Bound);
        }
        catch (SimulationException)
        {
            foreach (var node in _cluster.Nodes.Values)
            {
                var waiting = node.Agent is { } agent ? string.Join("; ", agent.Planner.Waiting.Values.Select(w => w.Sentence)) : "no agent";
                _simulation.Note($"{node.Name}: {node.Agent?.Keeper.Standing}, {node.Agent?.Feed.Trouble ?? "connected"}, {waiting}");
            }

            _simulation.Note($"{_cluster.PlacementOf(role)}");
            foreach (var item in _cluster.Nodes.Values.SelectMany(node => node.Journal.Last(8)).OrderBy(item => item.At)) _simulation.Note($"{item.At:mm:ss.fff} {item.Node} {item.Kind} {item.Message}");
            throw;
        }
    }

    private async Task TryAsync(Fault fault, SimulatedNode node)
    {
        if (await MakeAsync(fault, node) is not { } heal) return;
        _faults++;
        _tally.Count(fault);
        _simulation.Note($"fault: {fault} on {node.Name}");
        _healing++;
        // Mostly shorter than a lease, sometimes much longer.
        var lease = _profile.LeaseDuration.TotalMilliseconds;
        _ = HealAsync(_random.Next(3) switch { 0 => _simulation.Between(1, lease / 2), 1 => _simulation.Between(lease / 2, lease * 2), _ => _simulation.Between(lease, lease * 5) }, heal);
    }

    private async Task HealAsync(TimeSpan after, Func<Task> heal)
    {
        await _simulation.Delay(after);
        await heal();
        _healing--;
    }

    /// <summary>Makes a fault; returns what heals it, null when it cannot be made now.</summary>
    private async Task<Func<Task>?> MakeAsync(Fault fault, SimulatedNode node)
    {
        var random = _random;
        switch (fault)
        {
            case Fault.PowerOff or Fault.Reinstall or Fault.OldImage when Take(node):
                node.PowerOff();
                return Free(node, () => fault switch { Fault.PowerOff => node.BootAsync(), Fault.Reinstall => node.ReinstallAsync(), _ => node.PutBackAsync(random.Next(5)) });
            case Fault.AgentKilled when node.Agent is not null && Take(node):
                node.KillAgent();
                return Free(node, () => node.Kernel.IsDead ? node.BootAsync() : node.StartAgentAsync());
            case Fault.AgentPaused when node.Agent is { } agent && Take(node):
                agent.Actor.Pause();
                return Free(node, () => Do(agent.Actor.Resume));
            case Fault.LeashKilled when !node.Leash.IsDead && Take(node):
                node.KillLeash();
                return Free(node, () => node.Kernel.IsDead ? node.BootAsync() : node.StartLeashAsync());
            case Fault.LeashPaused when node.Agent is not null && !node.Leash.IsDead && Take(node):
                // Its agent is the second killer and must not be in trouble itself: two deaths at once are for the directed faults.
                var leash = node.Leash;
                leash.Actor.Pause();
                return Free(node, () => Do(leash.Actor.Resume));
            case Fault.NodeCutOff or Fault.RequestsLost or Fault.AnswersLost when !node.Store.IsCut:
                node.Store.Cut(fault switch { Fault.NodeCutOff => Direction.Both, Fault.RequestsLost => Direction.ToStore, _ => Direction.FromStore });
                return () => Do(() => node.Store.Heal());
            case Fault.WatchBroken:
                node.Store.BreakWatches();
                return () => Task.CompletedTask;
            case Fault.WatchSilent:
                node.Store.StallWatches();
                return () => Do(() => node.Store.ResumeWatches());
            case Fault.Compaction:
                _cluster.Store.Compact();
                return () => Task.CompletedTask;
            case Fault.StoreSlow:
                node.Store.Faults = new StoreFaults { Latency = random.Next(3) == 0 ? _profile.LeaseDuration.TotalMilliseconds / 4 : 20 };
                return () => Do(() => node.Store.Faults = StoreFaults.None);
            case Fault.StoreLossy:
                node.Store.Faults = new StoreFaults { LostAnswers = random.Next(40), LostRequests = random.Next(20), LateRequests = random.Next(20), FailedReads = random.Next(20), Duplicates = random.Next(2) == 0 };
                return () => Do(() => node.Store.Faults = StoreFaults.None);
            case Fault.StoreWithoutQuorum when !_cluster.Health.IsDown:
                _cluster.Health.IsDown = true;
                foreach (var each in _cluster.Nodes.Values) each.Store.BreakWatches();
                return () => Do(() => _cluster.Health.IsDown = false);
            case Fault.OldMember when node.Store.Stale is null:
                node.Store.Stale = _cluster.Store.Before(1 + random.Next(50)).View("store 1", "");
                node.Store.BreakWatches();
                return () => Do(() => node.Store.Stale = null);
            case Fault.ServiceCrash when node.Kernel.Running.Count > 0 && !node.Leash.IsDead:
                node.Leash.Crash(node.Kernel.Running[random.Next(node.Kernel.Running.Count)].Unit, 1);
                return () => Task.CompletedTask;
            case Fault.SlowStop:
                var slow = node.Leash;
                slow.StopTime = _simulation.Between(10, random.Next(4) == 0 ? 5000 : 300);
                return () => Do(() => slow.StopTime = TimeSpan.FromMilliseconds(5));
            case Fault.SlowStart:
                var late = node.Leash;
                late.MakeTime = _profile.LeaseDuration;
                return () => Do(() => late.MakeTime = TimeSpan.FromMilliseconds(4));
            case Fault.RunnerStuck when node.Agent is not null && Take(node):
                var stalled = node.Store;
                stalled.Directed = static transaction => transaction.Writes.Any(write => write.Key.StartsWith(RegistryKeys.Statuses, StringComparison.Ordinal)) ? CommitFault.Never : null;
                return Free(node, async () =>
                {
                    if (node.Kernel.IsDead || node.Leash.IsDead) return;
                    node.KillAgent(); // As its leash does with an agent that hangs.
                    await node.StartAgentAsync();
                });
            case Fault.CannotKill when !node.Leash.IsDead && Take(node):
                var stuck = node.Leash;
                stuck.CannotKill = true;
                return Free(node, () =>
                {
                    stuck.CannotKill = false;
                    return node.Kernel.IsDead ? node.BootAsync() : Task.CompletedTask;
                });
            case Fault.Clone when _profile == TimingProfile.Wan && Take(node):
                var clone = _cluster.Clone(node.Name.Value);
                await clone.BootAsync();
                return Free(node, () => Do(clone.PowerOff));
            case Fault.Condemned when _cluster.View().Leases.TryGetValue(node.Name, out var lease) && lease.Value.State == LeaseState.Live:
                await _cluster.WriteAsync(RegistryKeys.Lease(node.Name), lease.Value with { State = LeaseState.Closing }, RegistryJson.Default.LeaseRecord);
                return () => Task.CompletedTask;
            case Fault.OtherTiming when _profile == TimingProfile.Wan && node.Agent is not null && Take(node):
                node.Profile = node.Profile == LongWan ? TimingProfile.Wan : LongWan;
                node.KillAgent();
                await node.StartAgentAsync();
                return Free(node, () => Task.CompletedTask);
            case Fault.PlannedMove or Fault.Drain or Fault.StopAndStart or Fault.DeleteAndDeclare:
                return await OrderAsync(fault, node);
            default:
                return null;
        }
    }

    /// <summary>What operators do. It may be refused, or its answer never come, because its node is in trouble.</summary>
    private async Task<Func<Task>?> OrderAsync(Fault fault, SimulatedNode node)
    {
        if (node.Agent is not { Feed.Current: not null, Actor.IsPaused: false } agent) return null;
        var name = _roles[_random.Next(_roles.Length)];
        var (role, operations) = (new RoleName(name), agent.Operations);
        switch (fault)
        {
            case Fault.PlannedMove:
                return await IsDoneAsync(operations.MoveAsync(role, null, CancellationToken.None)) ? () => Task.CompletedTask : null;
            case Fault.Drain:
                if (_cluster.View().Nodes[node.Name].Value.Intent != NodeIntent.Active) return null;
                await WriteIntentAsync(node, NodeIntent.Draining);
                return () => WriteIntentAsync(node, NodeIntent.Active);
            case Fault.StopAndStart:
                if (Declared(role) is null) return null;
                await ChangeAsync(name, spec => spec with { Desired = DesiredState.Offline });
                return () => ChangeAsync(name, spec => spec with { Desired = DesiredState.Online });
            default:
                if (Declared(role) is not { } declared) return null;
                await ChangeAsync(name, spec => spec with { Deleting = true });
                return () => _cluster.DeclareAsync(declared); // Whether or not the old one is gone yet.
        }
    }

    private async Task<bool> IsDoneAsync(Task order)
    {
        try
        {
            await order.WaitAsync(TimeSpan.FromSeconds(3), _simulation.Time);
            return true;
        }
        catch (Exception exception) when (exception is HoldfastException or TimeoutException)
        {
            return false;
        }
    }

    private Task WriteIntentAsync(SimulatedNode node, NodeIntent intent) =>
        _cluster.WriteAsync(RegistryKeys.Node(node.Name), _cluster.View().Nodes[node.Name].Value with { Intent = intent }, RegistryJson.Default.NodeRecord);

    private async Task ChangeAsync(string name, Func<RoleSpec, RoleSpec> change)
    {
        if (_cluster.View().Roles.TryGetValue(new(name), out var role)) await _cluster.WriteAsync(RegistryKeys.Role(new(name)), change(role.Value), RegistryJson.Default.RoleSpec);
    }

    /// <summary>A role as it is declared; null when another order concerns it now.</summary>
    private RoleSpec? Declared(RoleName role) => _cluster.View().Roles.TryGetValue(role, out var known) && known.Value is { Desired: DesiredState.Online, Deleting: false } spec ? spec : null;

    private bool Take(SimulatedNode node) => _troubled.Add(node);

    private Func<Task> Free(SimulatedNode node, Func<Task> heal) => async () =>
    {
        await heal();
        _troubled.Remove(node);
    };

    private static Task Do(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
