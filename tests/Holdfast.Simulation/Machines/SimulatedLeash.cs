using System.Threading.Channels;
using Holdfast.Agent.Leases;
using Holdfast.Cluster.Leases;
using Holdfast.Leash.Core;
using Holdfast.Leash.Protocol;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Mistakes;

namespace Holdfast.Simulation.Machines;

/// <summary>
/// One leash process of a machine: the real core makes every decision, and what the kernel would do takes simulated time. It
/// outlives its agents; each has a <see cref="Connect">connection</see> of its own.
/// </summary>
internal sealed class SimulatedLeash
{
    private readonly SimulationRun _simulation;
    private readonly SimulatedKernel _kernel;
    private readonly SimulatedDisk _disk;
    private readonly TimingProfile _profile;
    private readonly SimulatedWorld _world;
    private readonly Mistake _mistake;
    private LeashCore _core;
    private Channel<LeashEvent> _events = Channel.CreateUnbounded<LeashEvent>();
    private bool _sweeping;

    /// <summary>Starts a leash on a machine where the one before left nothing, or what is adopted by mistake.</summary>
    public SimulatedLeash(SimulationRun simulation, SimulatedKernel kernel, SimulatedDisk disk, TimingProfile profile, SimulatedWorld world)
    {
        (_simulation, _kernel, _disk, _profile, _world, _mistake) = (simulation, kernel, disk, profile, world, world.Mistake);
        Actor = simulation.NewActor();
        _core = new LeashCore(disk.LastMinted, kernel.Closed);
    }

    /// <summary>Gets the process.</summary>
    public Actor Actor { get; }

    /// <summary>Gets whether nothing answers here any more.</summary>
    public bool IsDead => Actor.IsDead;

    /// <summary>Gets or sets how long a process takes to end when it is asked to.</summary>
    public TimeSpan StopTime { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Gets or sets the longest that an effect takes to be made, as when a mount has a journal to replay.</summary>
    public TimeSpan MakeTime { get; set; } = TimeSpan.FromMilliseconds(4);

    /// <summary>Gets or sets whether nothing here can be ended any more, as when a file system hangs in the kernel.</summary>
    public bool CannotKill { get; set; }

    /// <summary>Gets or sets the exit code of every command that is run beside a unit.</summary>
    public int RunExitCode { get; set; }

    public long Incarnation => _core.Incarnation;

    public bool Expired => _core.Expired;

    public LeashInstant Deadline => _core.Deadline;

    public string ExpiryReason => _core.ExpiryReason;

    public IEnumerable<SimulatedUnit> Running => _kernel.Running;

    public IReadOnlyDictionary<string, RoleEpoch> Closed => _core.ClosedEpochs;

    private TimeSpan KillTime => _profile.KillTime * 0.9;

    private LeashInstant Now
    {
        get
        {
            var now = _kernel.Clock.Now;
            return (_mistake == Mistake.SuspendUnnoticed ? new ClockReading(now.Raw, now.Raw) : now).ToLeash();
        }
    }

    /// <summary>Connects an agent; the one before hears nothing more.</summary>
    public SimulatedLeashConnection Connect()
    {
        _events.Writer.TryComplete();
        _events = Channel.CreateUnbounded<LeashEvent>();
        return new SimulatedLeashConnection(_simulation, this, _events.Reader);
    }

    /// <summary>The process is over; what it held is the kernel's and its successor's to end.</summary>
    public void Die()
    {
        Actor.Kill();
        _events.Writer.TryComplete();
    }

    /// <summary>A process ends by itself.</summary>
    public void Crash(string name, int exitCode)
    {
        if (_core.Find(name, UnitKind.Process) is not SimulatedUnit unit) return;
        _kernel.End(unit);
        _ = Actor.AskAsync(() =>
        {
            _core.Remove(unit);
            _events.Writer.TryWrite(new LeashEvent.UnitExited(name, unit.Warrant.Epoch, unit.ProcessId, exitCode));
            return Task.FromResult(0);
        });
    }

    public LeashState State()
    {
        Look();
        return new LeashState
        {
            BootId = _mistake == Mistake.NoWaitOut ? "the same" : _kernel.BootId, Incarnation = _core.Incarnation, Expired = _core.Expired, Clean = _core.Clean || _mistake == Mistake.MintBeforeClean, Deadline = _core.Deadline, WorstSweep = _core.WorstSweep,
            Units = [.. _core.Units.OfType<SimulatedUnit>().Where(unit => !unit.Gone).Select(unit => new HeldUnit(unit.Unit, unit.Kind, unit.Warrant.Role, unit.Warrant.Epoch, unit.Tag, unit.ProcessId))],
        };
    }

    public long Mint(long floor)
    {
        if (_mistake == Mistake.ReusedIncarnation) floor = 0;
        if (_mistake == Mistake.MintBeforeClean && _core is { Expired: true, Clean: false }) _core = new LeashCore(_disk.LastMinted, _kernel.Closed);
        Require(_core.PrepareMint(floor, Now, out var next));
        _disk.LastMinted = next;
        _core.Mint(next);
        _simulation.Note($"{_kernel.BootId} minted {next}");
        return next;
    }

    public LeashInstant Arm(long incarnation, LeashInstant deadline)
    {
        if (_mistake == Mistake.LeaseFromReply) deadline = _kernel.Clock.Now.Plus(_profile.LeaseDuration).ToLeash();
        Require(_core.Arm(incarnation, deadline, Now));
        Guard();
        return _core.Deadline;
    }

    public void Cap(long incarnation, LeashInstant deadline)
    {
        if (_mistake == Mistake.NoCap) return;
        Require(_core.Cap(incarnation, deadline, Now));
        Guard();
    }

    public void Expire(long incarnation, string reason) => Require(_core.Expire(incarnation, reason, Now));

    public void CloseEpoch(string role, RoleEpoch epoch)
    {
        if (_mistake is Mistake.EpochLeftOpen or Mistake.ReleaseBeforeStopped) return;
        Require(_core.CloseEpoch(role, epoch));
        if (_core.ClosedEpochs.TryGetValue(role, out var closed)) _kernel.Closed[role] = closed;
    }

    /// <summary>Makes an effect: listed first, then made, then asked about once more, as the leash does.</summary>
    public async Task<int> MakeAsync(string name, UnitKind kind, Warrant warrant, string tag, StartRequest? request = null)
    {
        var unit = new SimulatedUnit(name, kind, warrant, tag, kind == UnitKind.Process ? _kernel.NewProcessId() : 0) { Request = request };
        if (_mistake == Mistake.UnfencedEffects)
        {
            await _simulation.Delay(_simulation.Between(0.5, 4));
            _kernel.Run(unit);
            return unit.ProcessId;
        }

        Require(_core.Begin(unit, Now));
        await _simulation.Delay(_simulation.Between(0.5, MakeTime.TotalMilliseconds));
        var refusal = _core.Confirm(unit, Now);
        if (_mistake == Mistake.SweepWithoutLatch) refusal = null;
        if (refusal is not null)
        {
            End(unit);
            Require(refusal);
        }

        _kernel.Run(unit);
        return unit.ProcessId;
    }

    public void Check(Warrant warrant) => Require(_core.Check(warrant, Now));

    /// <summary>Ends a unit on request, and returns when it is gone.</summary>
    public async Task EndAsync(string name, UnitKind kind, TimeSpan grace)
    {
        if (_core.Find(name, kind) is not SimulatedUnit unit) return;
        unit.Phase = UnitPhase.Ending;
        if (_mistake == Mistake.ReleaseBeforeStopped)
        {
            _ = LaterAsync(unit, StopTime + TimeSpan.FromMilliseconds(50));
            return;
        }

        await _simulation.Delay(StopTime < grace ? StopTime : grace);
        while (CannotKill) await _simulation.Delay(TimeSpan.FromMilliseconds(10));
        End(unit);
    }

    /// <summary>Looks at the clock, as the guard does; the sweep begins when the time has come.</summary>
    public void Look()
    {
        _core.Tick(Now);
        if (_core is { Expired: true, Clean: false } && !_sweeping) _ = SweepAsync();
    }

    private async Task SweepAsync()
    {
        _sweeping = true;
        _world.Expiries++;
        var incarnation = _core.Incarnation;
        _simulation.Note($"{_kernel.BootId} expired {incarnation}: {_core.ExpiryReason}");
        _events.Writer.TryWrite(new LeashEvent.Expired(incarnation, _core.ExpiryReason));
        _ = ResetWhenStuckAsync();
        var core = _core;
        await Task.WhenAll(core.Units.OfType<SimulatedUnit>().Where(unit => !unit.IsInfrastructure).ToArray().Select(async unit =>
        {
            // The guard makes its first round at once; how long the kernel takes then is not up to this process.
            await _simulation.Delay(_simulation.Between(0.1, 3));
            if (unit.Phase == UnitPhase.Pending) return; // One that is still being made is undone by who makes it.
            await _simulation.World.AskAsync(() => DieAsync(unit));
            End(unit);
        }));
        while (!core.TrySettle(Now) && core == _core) await _simulation.Delay(TimeSpan.FromMilliseconds(0.5));
        _sweeping = false;
        _events.Writer.TryWrite(new LeashEvent.Clean(incarnation, core.LastSweep));
    }

    private async Task<int> DieAsync(SimulatedUnit unit)
    {
        await _simulation.Delay(_simulation.Between(0, KillTime.TotalMilliseconds - 5));
        while (CannotKill && !_kernel.IsDead) await _simulation.Delay(TimeSpan.FromMilliseconds(10));
        _kernel.End(unit);
        return 0;
    }

    /// <summary>The last resort (leases rule 15): a machine that cannot end a role within K is reset.</summary>
    private async Task ResetWhenStuckAsync()
    {
        var core = _core;
        await _simulation.Delay(KillTime);
        if (!CannotKill || core.Clean || _mistake == Mistake.NoReset) return;
        _simulation.Note($"{_kernel.BootId} is reset");
        _kernel.PowerOff();
    }

    private async Task LaterAsync(SimulatedUnit unit, TimeSpan after)
    {
        await _simulation.Delay(after);
        End(unit);
    }

    private void Guard() => _ = GuardAsync(_core.Deadline);

    private async Task GuardAsync(LeashInstant deadline)
    {
        do await _simulation.Delay(_kernel.Clock.Until(deadline.ToReading()) + _simulation.Between(0, 1));
        while (_mistake != Mistake.SuspendUnnoticed && !_kernel.Clock.Now.HasReached(deadline.ToReading()));
        Look();
    }

    private void End(SimulatedUnit unit)
    {
        _kernel.End(unit);
        _core.Remove(unit);
    }

    private void Require(Refusal? refusal)
    {
        Look();
        if (refusal is not null) throw new LeashRefusedException(refusal.Code, refusal.Message);
    }
}
