using Holdfast.Leash.Core;
using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;
using Holdfast.Leash.Recovery;
using Holdfast.Leash.Revoking;
using Holdfast.Leash.Serving;

namespace Holdfast.Leash.Units;

/// <summary>Starts and stops process units. Everything here runs on the reactor.</summary>
internal sealed unsafe class ProcessUnits(LeashShell shell, UnitCommand commands, Isolation isolation, RevokeList revokes)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RevokeLimit = TimeSpan.FromSeconds(15);

    private readonly int _null = Libc.Open("/dev/null", Libc.O_RDWR);

    /// <summary>Starts a unit with a main process; answers with its process id.</summary>
    public void Start(StartRequest request, Action<Refusal?, int> answer)
    {
        if (UnitCommand.Problem(request.Command, request.Environment) is { } problem)
        {
            answer(Refusal.Failure($"{request.Unit}: {problem}"), 0);
            return;
        }

        WithAccount(request.User, (refusal, account) =>
        {
            if (refusal is null && request.Directory is { } directory && !Directory.Exists(directory)) refusal = Refusal.Failure($"{request.Unit}: its directory {directory} does not exist.");
            var unit = new ProcessUnit(request.Unit, request.Warrant, request.Tag, hasMain: true);
            refusal ??= shell.Ask((core, now) => core.Begin(unit, now));
            if (refusal is not null)
            {
                answer(refusal, 0);
                return;
            }

            unit.Starting.Add(failure => answer(failure, unit.MainPid));
            var log = _null;
            if (request.LogFile is { } path && (log = Libc.Open(path, Libc.O_WRONLY | Libc.O_APPEND | Libc.O_CREAT | Libc.O_NOFOLLOW, 0x1A0 /* 0640 */)) < 0)
            {
                Abandon(unit, Refusal.Failure($"{request.Unit}: cannot open its log {path}: {Libc.LastError}."));
                return;
            }

            Spawn(unit, commands.ForMain(request, account!), commands.BaseEnvironment(request.Unit, request.Warrant, account!), log);
            if (log != _null) Libc.close(log);
        });
    }

    /// <summary>Makes sure that the unit of a command has a namespace; answers with it.</summary>
    public void EnsureNamespace(RunRequest request, Action<Refusal?, ProcessUnit?> answer)
    {
        var (name, warrant) = (request.Unit, request.Warrant);
        ProcessUnit? unit;
        lock (shell.Gate) unit = shell.Core.Find(name, UnitKind.Process) as ProcessUnit;
        if (unit is null)
        {
            unit = new ProcessUnit(name, warrant, "", hasMain: false);
            if (shell.Ask((core, now) => core.Begin(unit, now)) is { } refusal)
            {
                answer(refusal, null);
                return;
            }

            unit.Starting.Add(failure => answer(failure, unit));
            if (request.Revocations.Length > 0 && isolation == Isolation.Namespaces) Mounts.FileSystemMount.ShareAll();
            Spawn(unit, commands.ForKeeper(request), commands.BaseEnvironment(name, warrant, Account.Own), _null);
            return;
        }

        switch (unit.Phase)
        {
            case UnitPhase.Pending: unit.Starting.Add(failure => answer(failure, unit)); break;
            case UnitPhase.Held: answer(null, unit); break;
            default: answer(Refusal.Failure($"{name} is being stopped."), null); break;
        }
    }

    /// <summary>Takes note of what a command may do outside of the unit's namespace, in the revoke list too, before it does so (leases rule 14).</summary>
    public Refusal? Undertake(ProcessUnit unit, string[] lines)
    {
        if (lines.Length == 0 || lines.AsSpan().SequenceEqual(unit.RevocationLines)) return null;
        if (isolation != Isolation.Namespaces) return Refusal.Failure($"{unit.Unit}: the leash runs unprivileged; it could not take back what this does outside of its processes.");
        Revocation?[] read = [.. lines.Select(Revocation.Parse)];
        if (Array.IndexOf(read, null) is >= 0 and var wrong) return Refusal.Failure($"{unit.Unit}: '{lines[wrong]}' is not something that the leash can take back.");
        revokes.Add(unit, string.Join('\n', lines));
        lock (shell.Gate) (unit.Revocations, unit.RevocationLines, unit.IsRevoked) = (read!, lines, false);
        return null;
    }

    /// <summary>Takes note that everything is taken back that a unit did outside of its namespace.</summary>
    public void Revoked(ProcessUnit unit)
    {
        if (unit.IsReaped && unit.IsRevoked && !IsForgotten(unit)) Complete(unit);
    }

    /// <summary>
    /// Ends a unit: the signal to its main process, after the grace the whole namespace, and then what its commands did outside of it.
    /// Answers when it is verified gone.
    /// </summary>
    public void Stop(string name, int signal, TimeSpan grace, Action<Refusal?> answer)
    {
        ProcessUnit? unit;
        lock (shell.Gate)
        {
            unit = shell.Core.Find(name, UnitKind.Process) as ProcessUnit;
            if (unit is not null)
            {
                unit.Phase = UnitPhase.Ending;
                var gentle = unit.MainFd >= 0 && unit.HasMain && signal is > 0 and not Libc.SIGKILL && grace > TimeSpan.Zero;
                if (!gentle || Libc.PidFdSendSignal(unit.MainFd, signal) != 0) grace = TimeSpan.Zero;
                if (grace == TimeSpan.Zero) unit.Kill();
            }
        }

        if (unit is null)
        {
            answer(null);
            return;
        }

        unit.Ending.Add(answer);
        if (unit.IsReaped) shell.Reactor.After(RevokeLimit, () => GiveUpRevoking(unit));
        if (grace > TimeSpan.Zero) shell.Reactor.After(grace, () => KillIfHeld(unit));
    }

    /// <summary>Finds the account, without blocking the queue when the name services are slow.</summary>
    public void WithAccount(string? user, Action<Refusal?, Account?> then)
    {
        var account = user is null || user == Account.Own.Name ? Account.Own : Account.FindLocal(user);
        if (account is not null) Decide(account);
        else shell.Aside("account", () => Account.FindAnywhere(user!), Decide);

        void Decide(Account? found)
        {
            var refusal = found is null ? Refusal.Failure($"There is no account {user} on this machine.")
                : found.Uid != Account.Own.Uid && isolation != Isolation.Namespaces ? Refusal.Failure($"The leash runs unprivileged as {Account.Own.Name}; it cannot start anything as {user}.")
                : null;
            then(refusal, found);
        }
    }

    private void Spawn(ProcessUnit unit, string[] chain, string[] environment, int log)
    {
        var pair = stackalloc int[2];
        if (Libc.socketpair(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0, pair) != 0)
        {
            Abandon(unit, Refusal.Failure($"{unit.Unit}: {Libc.LastError}."));
            return;
        }

        var (ours, theirs) = (pair[0], pair[1]);
        var pid = Native.Spawn.Start(chain, environment, _null, log, log, theirs, newSession: true);
        Libc.close(theirs);
        if (pid < 0)
        {
            Libc.close(ours);
            Abandon(unit, Refusal.Failure($"{unit.Unit}: cannot start {chain[0]}: error {-pid}."));
            return;
        }

        lock (shell.Gate)
        {
            unit.OuterPid = pid;
            unit.OuterFd = Libc.PidFdOpen(pid);
            if (shell.Core.Expired && !unit.IsInfrastructure) unit.Kill();
        }

        unit.Socket = ours;
        shell.Reactor.Watch(ours, Libc.EPOLLIN, _ => Handshake(unit));
        shell.Reactor.Watch(unit.OuterFd, Libc.EPOLLIN, _ => OuterExited(unit));
        shell.Reactor.After(StartLimit, () => GiveUpStart(unit));
    }

    /// <summary>The init stands: take hold of it, ask the core once more, and only then give the word.</summary>
    private void Handshake(ProcessUnit unit)
    {
        byte letter;
        if (Libc.recv(unit.Socket, &letter, 1, Libc.MSG_DONTWAIT) != 1)
        {
            CloseSocket(unit); // It ended; its exit says the rest.
            return;
        }

        var init = isolation == Isolation.Sessions ? unit.OuterPid : Native.Spawn.Children(unit.OuterPid).FirstOrDefault();
        var main = init == 0 ? 0 : Native.Spawn.Children(init).FirstOrDefault();
        var initFd = init == 0 ? -1 : Libc.PidFdOpen(init);
        var mainFd = main == 0 || !unit.HasMain ? -1 : Libc.PidFdOpen(main);
        // The descriptors must be of the processes that we saw: still children now, so their ids were not reused in between.
        var certain = initFd >= 0 && (mainFd >= 0 || !unit.HasMain)
            && (isolation == Isolation.Sessions || Native.Spawn.Children(unit.OuterPid).Contains(init)) && Native.Spawn.Children(init).Contains(main);
        // Killed, the init still has to run to end the others; on a busy machine it would wait for its turn beyond the deadline.
        if (certain && isolation != Isolation.Sessions) RealTime.TryRaise(1, init);
        Refusal? refusal;
        lock (shell.Gate)
        {
            if (certain) (unit.InitPid, unit.InitFd, unit.MainPid, unit.MainFd) = (init, initFd, unit.HasMain ? main : 0, mainFd);
            refusal = shell.Core.Confirm(unit, BootClock.Now);
            if (!certain) refusal ??= Refusal.Failure($"{unit.Unit} ended while it started.");
            if (refusal is not null) unit.Kill();
        }

        if (!certain && initFd >= 0) Libc.close(initFd);
        if (!certain && mainFd >= 0) Libc.close(mainFd);
        unit.StartFailure = refusal;
        if (refusal is null)
        {
            var word = (byte)'\n';
            Libc.send(unit.Socket, &word, 1, Libc.MSG_NOSIGNAL | Libc.MSG_DONTWAIT);
        }

        CloseSocket(unit);
        if (refusal is null) Resolve(unit, null);
    }

    private void CloseSocket(ProcessUnit unit)
    {
        if (unit.Socket < 0) return;
        shell.Reactor.Forget(unit.Socket);
        Libc.close(unit.Socket);
        unit.Socket = -1;
    }

    private void OuterExited(ProcessUnit unit)
    {
        var code = Native.Spawn.Reap(unit.OuterPid);
        if (code < 0) return;
        shell.Reactor.Forget(unit.OuterFd);
        unit.ExitCode = code;
        CloseSocket(unit); // It may never have stood. Without our word its init, should one be left, then ends by itself.
        if (unit.InitFd >= 0 && !Libc.HasExited(unit.InitFd))
        {
            // Somebody killed only the outer program. The init follows by its parent-death signal; make sure of it, and wait.
            lock (shell.Gate) unit.Kill();
            shell.Reactor.Watch(unit.InitFd, Libc.EPOLLIN, _ => Finish(unit));
            return;
        }

        Finish(unit);
    }

    private void Finish(ProcessUnit unit)
    {
        if (unit.InitFd >= 0) shell.Reactor.Forget(unit.InitFd);
        if (isolation == Isolation.Sessions) Leftovers.KillByEnvironment(commands.MarkerOf(unit.Unit));
        bool byItself;
        lock (shell.Gate)
        {
            byItself = unit.Phase == UnitPhase.Held && unit.StartFailure is null && (unit.IsInfrastructure ? !shell.Core.Closing : !shell.Core.Expired);
            unit.CloseDescriptors();
            if (!unit.IsRevoked) unit.Phase = UnitPhase.Ending; // It stays listed, and nothing can be started in it.
        }

        (unit.IsReaped, unit.EndedByItself) = (true, byItself);
        if (unit.IsRevoked)
        {
            Complete(unit);
            return;
        }

        unit.IsBeingRevoked = true;
        shell.WakeGuards();
        shell.Reactor.After(RevokeLimit, () => GiveUpRevoking(unit));
    }

    /// <summary>Takes a unit off the list of which nothing is left, and tells who waits.</summary>
    private void Complete(ProcessUnit unit)
    {
        shell.Remove(unit);
        revokes.Remove(unit);
        Resolve(unit, unit.StartFailure ?? Refusal.Failure($"{unit.Unit} could not be started: its namespace ended with code {unit.ExitCode} before the command ran; its log may say why."));
        EndWaiting(unit, null);
        if (!unit.EndedByItself) return;
        Log.Write("unit-exited", $"{unit.Unit} ended by itself with code {unit.ExitCode}");
        if (unit.HasMain) shell.Tell(new LeashEvent.UnitExited(unit.Unit, unit.Warrant.Epoch, unit.MainPid, unit.ExitCode ?? 255));
    }

    private void Abandon(ProcessUnit unit, Refusal refusal)
    {
        shell.Remove(unit);
        Resolve(unit, refusal);
        EndWaiting(unit, null);
    }

    /// <summary>Says that it takes too long. It is tried on; who asked may ask again.</summary>
    private void GiveUpRevoking(ProcessUnit unit)
    {
        if (!unit.IsRevoked) EndWaiting(unit, Refusal.Failure($"{unit.Unit}: its processes are over, but not everything that it did outside of them is taken back ({string.Join("; ", unit.RevocationLines.Select(Revocation.Describe))})."));
    }

    private bool IsForgotten(ProcessUnit unit)
    {
        lock (shell.Gate) return !shell.Core.Units.Contains(unit);
    }

    private static void EndWaiting(ProcessUnit unit, Refusal? refusal)
    {
        var waiting = unit.Ending.ToArray();
        unit.Ending.Clear();
        foreach (var ended in waiting) ended(refusal);
    }

    private void GiveUpStart(ProcessUnit unit)
    {
        if (unit.Gone || unit.InitFd >= 0) return;
        unit.StartFailure = Refusal.Failure($"{unit.Unit} did not start within {StartLimit.TotalSeconds:0} s.");
        KillIfHeld(unit);
    }

    private void KillIfHeld(ProcessUnit unit)
    {
        lock (shell.Gate) unit.Kill(); // The descriptors are -1 once it is over.
    }

    private static void Resolve(ProcessUnit unit, Refusal? failure)
    {
        var waiting = unit.Starting.ToArray();
        unit.Starting.Clear();
        foreach (var answer in waiting) answer(failure);
    }
}
