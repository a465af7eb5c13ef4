using FsCheck;
using FsCheck.Fluent;
using Holdfast.Agent.Roles;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Tests.Roles;

/// <summary>What holds whatever happens in whatever order. A failing property prints the seed of its script.</summary>
public sealed class RoleMachineProperties
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e"];

    [Fact]
    public void Order_is_kept_nothing_is_asked_twice_and_leaving_ends_everything_whatever_happens() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), Holds).Check(Config.QuickThrowOnFailure.WithMaxTest(4000));

    /// <summary>Scripts that found a mistake once.</summary>
    [Theory]
    [InlineData(1586825705)] // What was given up for good was still stopping when a new declaration came, which was no new chance for it then.
    public void A_script_that_found_a_mistake_finds_it_no_more(int seed) => Holds(seed);

    private static bool Holds(int seed)
    {
        var random = new Random(seed);
        var script = new Script(Declaration(random));
        for (var step = random.Next(40); step > 0; step--) script.Step(random);
        script.Take(new RoleInput.Declared(script.Machine.Spec with { Maintenance = null }));
        script.ComeToRest(random);
        Assert.True(script.Machine.GivenUp is not null || script.EverythingWantedIsUp(), $"seed {seed}: at rest, but {script.Describe()}");

        script.Take(new RoleInput.Leave());
        for (var step = random.Next(10); step > 0; step--) script.Step(random);
        script.ComeToRest(random);
        Assert.True(script.Machine.IsOffline, $"seed {seed}: left, but {script.Describe()}");
        return true;
    }

    private static RoleSpec Declaration(Random random, RoleSpec? before = null)
    {
        // The order of the names is shuffled for each declaration, so that dependencies may turn round from one to the next.
        var order = Names.OrderBy(_ => random.Next()).ToArray();
        var declared = order.Where(_ => random.Next(5) > 0).ToArray();
        var nonCritical = declared.Where(_ => random.Next(4) == 0).ToHashSet();
        return new RoleSpec
        {
            Maintenance = random.Next(5) == 0 ? Maintenance.Begin(DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), null) : null,
            Name = new RoleName("orders"), Restarts = new Budget(random.Next(4), TimeSpan.FromSeconds(30)),
            Resources = [.. declared.Select((name, at) => new ResourceSpec
            {
                Name = new(name), Type = "process", Desired = random.Next(6) == 0 ? DesiredState.Offline : DesiredState.Online,
                RestartRequests = (before?.Resources.FirstOrDefault(r => r.Name.Value == name)?.RestartRequests ?? 0) + (random.Next(4) == 0 ? 1 : 0),
                NonCritical = nonCritical.Contains(name),
                DependsOn = [.. declared.Take(at).Where(d => random.Next(3) == 0 && (nonCritical.Contains(name) || !nonCritical.Contains(d))).Select(d => new ResourceName(d))],
            })],
        };
    }

    /// <summary>Plays the runner: remembers what is outstanding, and checks every action against what is really running.</summary>
    private sealed class Script(RoleSpec spec)
    {
        private readonly HashSet<ResourceName> _starting = [];
        private readonly HashSet<ResourceName> _stopping = [];
        private readonly HashSet<ResourceName> _up = [];
        private ClockReading _now = new(TimeSpan.FromHours(1), TimeSpan.FromHours(1));

        public RoleMachine Machine { get; private set; } = RoleMachine.For(spec);

        public void Step(Random random)
        {
            _now = _now.Plus(TimeSpan.FromSeconds(random.Next(12)));
            var name = new ResourceName(Names[random.Next(Names.Length)]);
            switch (random.Next(8))
            {
                case 0: Take(new RoleInput.Declared(Declaration(random, Machine.Spec))); break;
                case 1: Take(new RoleInput.Failed(name, "exit 1")); break;
                case 2: Take(new RoleInput.Begin()); break;
                case 3 when _starting.Contains(name): // A start that fails leaves something to be ended.
                    Take(new RoleInput.Failed(name, "exit 1"));
                    break;
                case 5: Take(new RoleInput.Noticed(name, random.Next(2) == 0 ? "no answer" : null)); break;
                case 4 when random.Next(10) == 0: Take(new RoleInput.Leave()); break;
                default: Answer(random); break;
            }
        }

        public void ComeToRest(Random random)
        {
            Take(new RoleInput.Begin());
            for (var round = 0; round < 500 && Answer(random); round++) Assert.True(round < 499, "it never comes to rest");
        }

        public bool EverythingWantedIsUp() => Machine.Leaving || Machine.Spec.Resources.All(r => Wanted(r) == _up.Contains(r.Name)) && _up.Count == Machine.Spec.Resources.Count(Wanted);

        public string Describe() => string.Join(", ", Machine.Cells.Select(c => $"{c.Key}({string.Join('/', c.Value.Spec.DependsOn)}) is {c.Value.State}{(c.Value.Cycle ? "*" : "")}"));

        public void Take(RoleInput input)
        {
            var before = Machine;
            (Machine, var actions) = Machine.On(input, _now);
            Assert.True(actions.All(action => action is RoleAction.Update) || !before.Observing || input is RoleInput.Leave or RoleInput.Declared { Spec.Maintenance: null } || before.Leaving, "it acts in maintenance");
            foreach (var action in actions)
            {
                switch (action)
                {
                    case RoleAction.Start start:
                        Assert.True(_starting.Add(start.Resource) && !_up.Contains(start.Resource) && !_stopping.Contains(start.Resource), $"{start.Resource} is started twice");
                        Assert.All(Machine.Spec.Resources.Single(r => r.Name == start.Resource).DependsOn, d => Assert.True(_up.Contains(d) && !_stopping.Contains(d), $"{start.Resource} is started before {d} is online"));
                        Assert.False(Machine.Leaving, "it starts what it is leaving");
                        break;
                    case RoleAction.Stop stop:
                        Assert.True(_stopping.Add(stop.Resource) && (_up.Contains(stop.Resource) || _starting.Contains(stop.Resource)), $"{stop.Resource} is stopped twice, or was never started");
                        Assert.All(Machine.Cells.Where(c => c.Value.Spec.DependsOn.Contains(stop.Resource)), c => Assert.False(
                            _up.Contains(c.Key) || _starting.Contains(c.Key), $"{stop.Resource} is stopped beneath {c.Key}"));
                        _starting.Remove(stop.Resource);
                        _up.Add(stop.Resource); // Until the stop is verified, something of it may be there.
                        break;
                }
            }

            Assert.True(!before.Leaving || Machine.Leaving, "there is no way back from leaving");
        }

        /// <summary>Answers one thing outstanding; false when there is nothing.</summary>
        private bool Answer(Random random)
        {
            var outstanding = _starting.Concat(_stopping).Order().ToArray();
            if (outstanding.Length == 0) return false;
            var name = outstanding[random.Next(outstanding.Length)];
            if (_stopping.Remove(name))
            {
                _up.Remove(name);
                Take(new RoleInput.WentOffline(name));
            }
            else
            {
                _starting.Remove(name);
                _up.Add(name);
                Take(new RoleInput.CameOnline(name));
            }

            return true;
        }

        private bool Wanted(ResourceSpec resource) =>
            resource.Desired == DesiredState.Online && !Machine.Cells[resource.Name].Abandoned && resource.DependsOn.All(d => Machine.Spec.Resources.Any(r => r.Name == d && Wanted(r)));
    }
}
