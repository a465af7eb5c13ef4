using Holdfast.Agent.Declarations;
using Holdfast.Agent.Jobs;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using Holdfast.Simulation.Clusters;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Machines;
using Holdfast.Simulation.Mistakes;
using Holdfast.Simulation.Stores;

namespace Holdfast.Simulation.Jobs;

/// <summary>
/// One seed: three machines with wall clocks of their own, three jobs that are due every twenty seconds, and owners that are killed around the times at which they are due, for ten
/// virtual minutes. Then every due time has one row, and every completed run one effect.
/// </summary>
internal sealed class JobStorm
{
    private const string Group = "vault";
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(2);
    private readonly SimulationRun _simulation;
    private readonly SimulatedCluster _cluster;
    private readonly SimulatedVault _vault = new();
    private readonly LedgerChecker _checker;
    private readonly IReadOnlyList<RoleSpec> _roles;
    private readonly HashSet<SimulatedNode> _troubled = [];
    private readonly bool _outliveLeases;
    private int _healing;

    private JobStorm(SimulationRun simulation, string folder, bool outliveLeases)
    {
        (_simulation, _outliveLeases) = (simulation, outliveLeases);
        _checker = new LedgerChecker(simulation);
        _cluster = new SimulatedCluster(simulation, Mistake.None, new[] { "a", "b", "c" }.ToDictionary(name => name, _ => TimingProfile.Wan)) { Committed = _checker.Committed, Happened = Happened };
        _cluster.RunJobs(folder, () => simulation.Between(-1500, 1500), outliveLeases);
        _roles = DeclarationReader.Read($$"""
            { kind: Job, name: plain, run: command, command: [x], user: root, schedule: every 20s, retries: { transient: 50, back-off: 1s } }
            ---
            { kind: Job, name: put-off, run: command, command: [x], user: root, schedule: every 20s, jitter: 10s, retries: { transient: 50, back-off: 1s }, caps: { {{Group}}: 1 } }
            ---
            { kind: Job, name: capped, run: command, command: [x], user: root, schedule: every 20s, missed: run-within 15s, retries: { transient: 50, back-off: 1s }, caps: { {{Group}}: 1, node: 1 } }
            """, "jobs", null).Roles;
    }

    /// <summary>Gets how many owners were killed, cut off or stopped.</summary>
    public int Kills { get; private set; }

    /// <summary>Gets how many runs were completed, and how many of these took more than one attempt.</summary>
    public (int Completed, int Resumed) Runs { get; private set; }

    /// <summary>Gets how many effects came too late to count, or were asked for too late and refused.</summary>
    public int Late { get; private set; }

    /// <summary>Plays one seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="outliveLeases">Whether workers go on after their node's lease, so that the next owner's work beside them.</param>
    /// <exception cref="SimulationException">A run was recorded twice or not at all, or had two effects or none.</exception>
    public static JobStorm Play(long seed, bool outliveLeases = false)
    {
        var folder = Directory.CreateTempSubdirectory("holdfast-jobs-").FullName;
        try
        {
            JobStorm storm = null!;
            SimulationRun.Play(seed, simulation => (storm = new JobStorm(simulation, folder, outliveLeases)).RunAsync());
            return storm;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private IEnumerable<JobSpec> Jobs => _roles.Select(role => JobReading.Find(role)!.Value.Job);

    private async Task RunAsync()
    {
        await _cluster.StartAsync(_roles);
        await _simulation.Until(() => _cluster.View().Ledgers.Count == _roles.Count, TimeSpan.FromSeconds(30), "every job has its ledger");
        while (_simulation.Time.Now < Length)
        {
            var job = _roles[_simulation.Random.Next(_roles.Count)].Name;
            // Around the next time: a little before it, while the run begins, or while it works.
            var due = _cluster.View().Ledgers[job].Value.Handled + TimeSpan.FromSeconds(20) - _simulation.Time.GetUtcNow();
            await _simulation.Delay(due + _simulation.Between(-500, _simulation.Random.Next(2) == 0 ? 500 : 5000));
            if (Owner(job) is { } owner) Hit(owner);
            await _simulation.Delay(_simulation.Between(1, 3000));
        }

        _simulation.Note("the storm is over");
        while (_healing > 0) await _simulation.Delay(TimeSpan.FromMilliseconds(50));
        await _simulation.Delay(TimeSpan.FromSeconds(20));
        try
        {
            await _simulation.Until(() => _cluster.View().Ledgers.Values.All(ledger => ledger.Value.Open is null), Quiet, "every run is over");
        }
        catch (SimulationException)
        {
            foreach (var ledger in _cluster.View().Ledgers.Values) _simulation.Note($"{ledger.Value.Job}: {ledger.Value.Open}");
            foreach (var item in _cluster.Nodes.Values.SelectMany(node => node.Journal.Last(8)).OrderBy(item => item.At)) _simulation.Note($"{item.At:mm:ss.fff} {item.Node} {item.Kind} {item.Message}");
            throw;
        }

        foreach (var job in Jobs) _checker.Check(job, _vault, late: _outliveLeases);
        var runs = _cluster.View().Ledgers.Values.SelectMany(ledger => ledger.Value.Runs).Where(run => run.State == JobState.Completed).ToList();
        Late = _vault.Refused + _cluster.View().Ledgers.Values.Sum(ledger => ledger.Value.Runs.Sum(run => _vault.Of(ledger.Value.Job.Value, run.Id).Count(effect => effect != run.Snapshot)));
        Runs = (runs.Count, runs.Count(run => run.Resumed > 0));
    }

    private SimulatedNode? Owner(RoleName job) => _cluster.PlacementOf(job.Value) is { IsFree: false, Owner: { } owner } ? _cluster[owner.Value] : null;

    private void Hit(SimulatedNode node)
    {
        if (node.Agent is not { } agent || node.Kernel.IsDead || node.Leash.IsDead || !_troubled.Add(node)) return;
        Kills++;
        Func<Task> heal;
        switch (_simulation.Random.Next(6))
        {
            case 0:
                node.PowerOff();
                heal = node.BootAsync;
                break;
            case 1:
                node.KillLeash();
                heal = node.StartLeashAsync;
                break;
            case 2:
                node.KillAgent();
                heal = () => node.Kernel.IsDead ? node.BootAsync() : node.Agent is null ? node.StartAgentAsync() : Task.CompletedTask;
                break;
            case 3:
                agent.Actor.Pause();
                heal = Do(agent.Actor.Resume);
                break;
            case 4:
                node.Store.Cut((Direction)(1 + _simulation.Random.Next(3)));
                heal = Do(() => node.Store.Heal());
                break;
            default:
                node.Store.Faults = new StoreFaults { LostAnswers = _simulation.Random.Next(40), LostRequests = _simulation.Random.Next(20), LateRequests = _simulation.Random.Next(20), Duplicates = _simulation.Random.Next(2) == 0 };
                heal = Do(() => node.Store.Faults = StoreFaults.None);
                break;
        }

        _healing++;
        _ = HealAsync(node, heal);
    }

    private async Task HealAsync(SimulatedNode node, Func<Task> heal)
    {
        await _simulation.Delay(_simulation.Between(100, _simulation.Random.Next(2) == 0 ? 3000 : 15_000));
        await heal();
        _troubled.Remove(node);
        _healing--;
    }

    private static Func<Task> Do(Action act) => () =>
    {
        act();
        return Task.CompletedTask;
    };

    private void Happened(SimulatedNode node, SimulatedUnit unit)
    {
        if (unit is not { Runs: true, Request: not null }) return;
        var capped = _cluster.Nodes.Values.SelectMany(each => each.Kernel.Running).Where(running => running.Warrant.Role is "put-off" or "capped").Select(running => running.Warrant.Role).Distinct().ToList();
        if (capped.Count > 1) _simulation.Fail($"{string.Join(" and ", capped)} are at work at once, and one of group {Group} may be.");
        var worker = new SimulatedWorker(_simulation, node, unit, _vault, _outliveLeases);
        _ = _simulation.World.AskAsync(async () => // A process of its own: what becomes of its leash does not stop it at once.
        {
            try
            {
                await worker.RunAsync();
            }
            catch (Exception exception)
            {
                _simulation.Fail(exception);
            }

            return 0;
        });
    }
}
