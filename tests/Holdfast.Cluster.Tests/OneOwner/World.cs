using System.Collections.Immutable;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Settings;

namespace Holdfast.Cluster.Tests.OneOwner;

/// <summary>
/// A few nodes, each with the real planner and ledger, its own clocks and its own idea of the store, in true time. Messages
/// are late or lost; machines lose power, freeze or are cut off. Each number of a script is one round; rounds can be left
/// out one by one, which is how a failing script is made small.
/// </summary>
internal sealed partial class World
{
    public static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(700);
    private const double RateError = 0.005;
    private static readonly TimeSpan KillTime = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan Margin = (TimingProfile.Lan with { LeaseDuration = Duration, KillTime = KillTime, ClockRateError = RateError }).Margin;

    private readonly Guards _guards;
    private readonly ModelStore _store;
    private readonly ImmutableArray<ModelNode> _nodes;
    private readonly List<Run> _runs = [];
    private readonly List<Message> _messages = [];
    private TimeSpan _now = TimeSpan.FromSeconds(10);
    private int _nonces;

    /// <param name="apart">Two of the roles are kept apart.</param>
    public World(int seed, Guards guards, bool apart = false)
    {
        _guards = guards;
        var random = new Random(seed);
        var names = new[] { "a", "b", "c" }.Select(n => new NodeName(n)).ToArray();
        double Rate() => 1 + (random.Next(3) - 1) * RateError;
        _nodes = [.. names.Select(n => new ModelNode(n, Rate(), Rate(), TimeSpan.FromSeconds(random.Next(100))))];
        _store = new(FirstView(names, apart));
        foreach (var node in _nodes) Rejoin(node);
    }

    public int Failovers { get; private set; }

    public int PlannedMoves { get; private set; }

    public IReadOnlyList<Run> Runs => _runs;

    /// <summary>Plays a script to its end or to the first violation.</summary>
    public static World Play(int[] script, Guards guards, bool apart = false)
    {
        var world = new World(script.Length > 0 ? script[0] : 0, guards, apart);
        foreach (var round in script) world.Round(new Random(round));
        return world;
    }

    private static ClusterView FirstView(NodeName[] names, bool apart)
    {
        RoleSpec[] roles =
        [
            new() { Name = new("r0"), PreferredOwners = [names[0], names[1]], Failback = new(FailbackPolicy.AtOnce) },
            new() { Name = new("r1"), Failback = new(FailbackPolicy.AtOnce), AntiAffinity = apart ? [new(new("r0"))] : [] },
            new() { Name = new("r2"), StartTier = 1, PossibleOwners = [names[0], names[1]], Failovers = new Budget(5, TimeSpan.FromSeconds(5)) },
        ];
        return ClusterView.Empty with
        {
            Revision = 1,
            Settings = new ClusterSettings { Id = "id", Name = "model", Profile = "lan", Generation = 1 },
            Nodes = names.ToImmutableSortedDictionary(n => n, n => new Versioned<NodeRecord>(new NodeRecord
            {
                Name = n, Kind = NodeKind.Member, Voter = true, Address = "", ApiPort = 1, Intent = NodeIntent.Active, CertificateFingerprint = "",
            }, 1)),
            Roles = roles.ToImmutableSortedDictionary(r => r.Name, r => new Versioned<RoleSpec>(r, 1)),
        };
    }

    private void Round(Random random)
    {
        if (random.Next(6) == 0) Fault(random);
        Advance(TimeSpan.FromMilliseconds(random.Next(random.Next(8) == 0 ? 900 : 150)));
        Deliver(random);
        foreach (var node in _nodes.OrderBy(_ => random.Next()).ToList())
        {
            if (random.Next(10) < 8) Renew(node);
            if (random.Next(10) < 7) Watch(node, random);
            if (random.Next(10) < 6) Plan(node, random);
            if (random.Next(10) < 7) Act(node, random);
        }

        Deliver(random);
    }

    /// <summary>True time passes; leashes act at their deadlines, and what they kill is gone at most the kill time later.</summary>
    private void Advance(TimeSpan time)
    {
        _now += time;
        foreach (var node in _nodes)
        {
            if (node is { HasPower: true, Deadline: { } deadline } && node.ClockAt(_now).HasReached(deadline)) Expire(node, node.TrueTimeOf(deadline));
        }
    }

    private void Expire(ModelNode node, TimeSpan at)
    {
        node.Deadline = null;
        foreach (var run in node.Running.Values) run.Until = at + KillTime;
        node.Running.Clear();
    }

    private void Start(ModelNode node, RoleName role, Epoch epoch)
    {
        var other = _runs.FirstOrDefault(run => run.Role == role && (run.Until is not { } until || until > _now));
        if (other is not null) throw new ModelViolation($"{role} starts on {node.Name} at epoch {epoch} while it runs on {other.Node} at epoch {other.Epoch}");
        if (_runs.LastOrDefault(run => run.Role == role) is { } last && last.Epoch >= epoch) throw new ModelViolation($"{role} starts at epoch {epoch} after epoch {last.Epoch}");

        var near = node.Running.Keys.FirstOrDefault(running => Company.AreApart(_store.View, role, running));
        if (near != default) throw new ModelViolation($"{role} starts on {node.Name} beside {near}, from which it is kept apart");

        var run = new Run(role, node.Name, epoch, _now);
        _runs.Add(run);
        node.Running[role] = run;
    }

    private void Stop(ModelNode node, RoleName role)
    {
        if (!node.Running.Remove(role, out var run)) return;
        run.Until = _now;
        node.Close(role, run.Epoch);
    }

    /// <summary>Something on its way between a node and the store; the reply travels too, and either may be lost.</summary>
    private sealed record Message(ModelNode Node, Action Arrives);

    private void Send(ModelNode node, Action arrives) => _messages.Add(new(node, arrives));

    private void Deliver(Random random)
    {
        foreach (var message in _messages.ToList())
        {
            var fate = random.Next(20);
            if (message.Node.IsCut || fate > 15) continue; // Late.
            _messages.Remove(message);
            if (fate > 0) message.Arrives(); // Or lost.
        }
    }
}
