using System.Threading.Channels;
using Holdfast.Agent.Leases;
using Holdfast.Leash.Core;
using Holdfast.Leash.Protocol;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Stores;

namespace Holdfast.Simulation.Machines;

/// <summary>
/// The leash of one machine: the real core makes every decision, and what the kernel would do takes simulated time. It outlives
/// its agents; each has a <see cref="Connect">connection</see> of its own.
/// </summary>
internal sealed class SimulatedLeash(SimulationRun simulation, SimulatedClock clock, long lastMinted, string bootId, TimeSpan killTime, Action<SimulatedUnit> happened)
{
    private readonly LeashCore _core = new(lastMinted, new Dictionary<string, RoleEpoch>());
    private Channel<LeashEvent> _events = Channel.CreateUnbounded<LeashEvent>();
    private bool _sweeping;
    private int _processIds = 1000;

    /// <summary>Gets or sets whether the machine has lost its power: nothing runs and nothing answers any more.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Gets or sets how long a process takes to end when it is asked to.</summary>
    public TimeSpan StopTime { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Gets or sets the exit code of every command that is run beside a unit.</summary>
    public int RunExitCode { get; set; }

    public long Incarnation => _core.Incarnation;

    public bool Expired => _core.Expired;

    public LeashInstant Deadline => _core.Deadline;

    public string ExpiryReason => _core.ExpiryReason;

    public IEnumerable<SimulatedUnit> Running => _core.Units.OfType<SimulatedUnit>().Where(unit => unit.Runs);

    public IReadOnlyDictionary<string, RoleEpoch> Closed => _core.ClosedEpochs;

    private LeashInstant Now => clock.Now.ToLeash();

    /// <summary>Connects an agent; the one before hears nothing more.</summary>
    public ILeash Connect()
    {
        _events.Writer.TryComplete();
        _events = Channel.CreateUnbounded<LeashEvent>();
        return new SimulatedLeashConnection(simulation, this, _events.Reader);
    }

    /// <summary>Takes the power away.</summary>
    public void PowerOff()
    {
        IsDead = true;
        foreach (var unit in Running.ToArray()) End(unit);
        _events.Writer.TryComplete();
    }

    /// <summary>A process ends by itself.</summary>
    public void Crash(string name, int exitCode)
    {
        if (_core.Find(name, UnitKind.Process) is not SimulatedUnit unit) return;
        End(unit);
        _events.Writer.TryWrite(new LeashEvent.UnitExited(name, unit.Warrant.Epoch, unit.ProcessId, exitCode));
    }

    public LeashState State()
    {
        Look();
        return new LeashState
        {
            BootId = bootId, Incarnation = _core.Incarnation, Expired = _core.Expired, Clean = _core.Clean, Deadline = _core.Deadline, WorstSweep = _core.WorstSweep,
            Units = [.. _core.Units.OfType<SimulatedUnit>().Where(unit => !unit.Gone).Select(unit => new HeldUnit(unit.Unit, unit.Kind, unit.Warrant.Role, unit.Warrant.Epoch, unit.Tag, unit.ProcessId))],
        };
    }

    public long Mint(long floor)
    {
        Require(_core.PrepareMint(floor, Now, out var next));
        _core.Mint(next);
        simulation.Note($"{bootId} minted {next}");
        return next;
    }

    public LeashInstant Arm(long incarnation, LeashInstant deadline)
    {
        Require(_core.Arm(incarnation, deadline, Now));
        Guard();
        return _core.Deadline;
    }

    public void Cap(long incarnation, LeashInstant deadline)
    {
        Require(_core.Cap(incarnation, deadline, Now));
        Guard();
    }

    public void Expire(long incarnation, string reason) => Require(_core.Expire(incarnation, reason, Now));

    public void CloseEpoch(string role, RoleEpoch epoch) => Require(_core.CloseEpoch(role, epoch));

    /// <summary>Makes an effect: listed first, then made, then asked about once more, as the leash does.</summary>
    public async Task<int> MakeAsync(string name, UnitKind kind, Warrant warrant, string tag)
    {
        var unit = new SimulatedUnit(name, kind, warrant, tag, kind == UnitKind.Process ? ++_processIds : 0);
        Require(_core.Begin(unit, Now));
        await simulation.Delay(simulation.Between(0.5, 4));
        if (IsDead) return 0;
        if (_core.Confirm(unit, Now) is { } refusal)
        {
            End(unit);
            Require(refusal);
        }

        unit.Runs = true;
        simulation.Note($"{bootId} runs {name} at epoch {warrant.Epoch}");
        happened(unit);
        return unit.ProcessId;
    }

    public void Check(Warrant warrant) => Require(_core.Check(warrant, Now));

    /// <summary>Ends a unit on request, and returns when it is gone.</summary>
    public async Task EndAsync(string name, UnitKind kind, TimeSpan grace)
    {
        if (_core.Find(name, kind) is not SimulatedUnit unit) return;
        unit.Phase = UnitPhase.Ending;
        await simulation.Delay(StopTime < grace ? StopTime : grace);
        End(unit);
    }

    /// <summary>Looks at the clock, as the guard does; the sweep begins when the time has come.</summary>
    public void Look()
    {
        if (IsDead) return;
        _core.Tick(Now);
        if (_core is { Expired: true, Clean: false } && !_sweeping) _ = SweepAsync();
    }

    private async Task SweepAsync()
    {
        _sweeping = true;
        var incarnation = _core.Incarnation;
        simulation.Note($"{bootId} expired {incarnation}: {_core.ExpiryReason}");
        _events.Writer.TryWrite(new LeashEvent.Expired(incarnation, _core.ExpiryReason));
        await Task.WhenAll(_core.Units.OfType<SimulatedUnit>().Where(unit => !unit.IsInfrastructure).ToArray().Select(async unit =>
        {
            await simulation.Delay(simulation.Between(0.1, killTime.TotalMilliseconds));
            if (unit.Runs) End(unit); // One that is still being made is undone by who makes it.
        }));
        while (!IsDead && !_core.TrySettle(Now)) await simulation.Delay(TimeSpan.FromMilliseconds(0.5));
        _sweeping = false;
        _events.Writer.TryWrite(new LeashEvent.Clean(incarnation, _core.LastSweep));
    }

    private void Guard() => _ = GuardAsync(_core.Deadline);

    private async Task GuardAsync(LeashInstant deadline)
    {
        await simulation.Delay(clock.Until(deadline.ToReading()) + simulation.Between(0, 1));
        Look();
    }

    private void End(SimulatedUnit unit)
    {
        if (unit.Gone) return;
        (unit.Gone, unit.Runs) = (true, false);
        _core.Remove(unit);
        happened(unit);
    }

    private void Require(Refusal? refusal)
    {
        Look();
        if (refusal is not null) throw new LeashRefusedException(refusal.Code, refusal.Message);
    }
}
