using System.Runtime.InteropServices;
using Holdfast.Leash.Addresses;
using Holdfast.Leash.Core;
using Holdfast.Leash.Guarding;
using Holdfast.Leash.Mounts;
using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;
using Holdfast.Leash.Recovery;
using Holdfast.Leash.Revoking;
using Holdfast.Leash.Units;

namespace Holdfast.Leash.Serving;

/// <summary>Puts the leash together, runs it, and takes it down in order.</summary>
internal sealed class LeashHost
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SweepLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan InfrastructureGrace = TimeSpan.FromSeconds(5);

    private readonly LeashSettings _settings;
    private readonly Reactor _reactor = new();
    private AgentKeeper? _agent;
    private ProcessUnits? _processes;
    private LeashShell? _shell;
    private bool _ending;

    public LeashHost(LeashSettings settings) => _settings = settings;

    /// <summary>Runs until told to end. Returns the exit code.</summary>
    public int Run(Isolation isolation)
    {
        using var incarnations = IncarnationFile.Open(_settings.StateDirectory, LockPatience);
        var left = Leftovers.Sweep(_settings.RunDirectory, infrastructure: true, SweepLimit);
        if (left.Length > 0)
        {
            Log.Write("not-clean", $"a predecessor left what cannot be ended: {string.Join("; ", left)}");
            return 1;
        }

        RevokeList.Write(_settings.RunDirectory, []);
        var core = new LeashCore(incarnations.Last, ClosedEpochs.Load(_settings.RunDirectory));
        var shell = _shell = new LeashShell(_settings, core, _reactor);
        shell.End = () =>
        {
            if (!_ending) End(); // A second request is no impatience.
        };
        var watchdog = _settings.WatchdogDevice is { } device ? Watchdog.Open(device, _settings.KillTime) : null;
        var guard = Guard(shell, watchdog, out var revokes, out var revoker);
        var commands = new UnitCommand(isolation, LeashSettings.ScopeOf(_settings.RunDirectory));
        _processes = new ProcessUnits(shell, commands, isolation, revokes);
        revoker.Revoked = _processes.Revoked;
        var handler = new RequestHandler(shell, incarnations, _processes, new CommandRuns(shell, _processes, commands), new AddressUnits(shell, revokes), new MountUnits(shell, revokes));
        _reactor.AfterBatch = new ExpiryReporter(shell, revokes, guard).Look;
        if (_settings.Agent.Length > 0) _agent = new AgentKeeper(shell);
        new LeashServer(shell, handler, _agent).Open();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, EndOn);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, EndOn);
        var locked = RealTime.TryLockMemory();
        Log.Write("ready", $"run folder {_settings.RunDirectory}, last incarnation {incarnations.Last}, units in {Describe(isolation)}, real-time priority {(guard.IsRealTime ? "yes" : "no")}, memory locked {(locked ? "yes" : "no")}, standby agent {(_settings.KeepsStandby ? "yes" : "no")}");
        _agent?.Start();
        _reactor.Run();
        watchdog?.Close();
        return 0;
    }

    private Guard Guard(LeashShell shell, Watchdog? watchdog, out RevokeList revokes, out Revoker revoker)
    {
        revokes = new RevokeList(_settings.RunDirectory);
        var guard = new Guard(shell, watchdog);
        var addresses = new AddressKeeper(shell);
        var mounts = new MountRevoker(shell);
        var outside = revoker = new Revoker(shell);
        shell.WakeGuards = () =>
        {
            guard.Wake();
            addresses.Wake();
            mounts.Wake();
            outside.Wake();
        };
        WarmUp();
        guard.Start();
        addresses.Start();
        mounts.Start();
        outside.Start();
        return guard;
    }

    /// <summary>The first call of a native function looks it up, which takes milliseconds: make it now, with arguments that do nothing.</summary>
    private static unsafe void WarmUp()
    {
        Libc.PidFdSendSignal(-1, 0);
        Libc.HasExited(-1);
        MountUnitWarmUp();
        using var netlink = new Netlink();
        var nowhere = new InterfaceAddress("none", int.MaxValue, System.Net.IPAddress.Parse("192.0.2.1"), 32);
        netlink.Delete(nowhere);
        netlink.IsPresent(nowhere, out _);
        foreach (var line in (string[])[Revocations.Address("192.0.2.1"), Revocations.Mount("/dev/null/nothing"), Revocations.File("/dev/null/nothing"), Revocations.Service("nothing", "/dev/null/nothing", "/nothing")])
        {
            Revocation.Parse(line)!.Step(new(netlink, Urgent: true, ProcessesOver: false)); // With processes left, no command is started.
        }

        static void MountUnitWarmUp()
        {
            FileSystemMount.ShutDown(-1);
            var nothing = new FileSystemMount("/dev/null/nothing", "/dev/null/nothing");
            nothing.TryDetach(lazily: false);
            nothing.IsReleased();
        }
    }

    private static string Describe(Isolation isolation) => isolation switch
    {
        Isolation.Namespaces => "PID namespaces",
        Isolation.UserNamespaces => "unprivileged PID namespaces (no addresses, no mounts, no other accounts)",
        _ => "sessions only: for development, a process that hides its environment escapes (no addresses, no mounts, no other accounts)",
    };

    private void EndOn(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _reactor.Post(End);
    }

    /// <summary>The agent hands over and ends, then the roles that are left, then infrastructure. A second signal skips the waiting.</summary>
    private void End()
    {
        if (_ending)
        {
            _agent?.Kill();
            return;
        }

        _ending = true;
        Log.Write("ending", "asked to end; the agent hands over its roles first");
        if (_agent is null) EndRoles();
        else _agent.Stop(_settings.StopTime, EndRoles);
    }

    private void EndRoles()
    {
        var shell = _shell!;
        lock (shell.Gate)
        {
            shell.Core.ExpireNow("the leash is ending", BootClock.Now);
            shell.Core.Close();
        }

        shell.WakeGuards();
        foreach (var unit in Infrastructure()) _processes!.Stop(unit, Libc.SIGTERM, InfrastructureGrace, _ => { });
        StopWhenClean();
    }

    private void StopWhenClean()
    {
        bool clean;
        lock (_shell!.Gate) clean = _shell.Core.Clean && (_shell.Core.Units.Count == 0 || _settings.IgnoreDeadline);
        if (clean) _reactor.Stop();
        else _reactor.After(TimeSpan.FromMilliseconds(5), StopWhenClean);
    }

    private string[] Infrastructure()
    {
        lock (_shell!.Gate) return [.. _shell.Core.Units.Where(unit => unit.IsInfrastructure).Select(unit => unit.Unit)];
    }
}
