using Holdfast.Leash.Addresses;
using Holdfast.Leash.Core;
using Holdfast.Leash.Mounts;
using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;
using Holdfast.Leash.Recovery;
using Holdfast.Leash.Units;

namespace Holdfast.Leash.Serving;

/// <summary>Carries out each request on the queue: the core decides, the units act.</summary>
internal sealed class RequestHandler(LeashShell shell, IncarnationFile incarnations, ProcessUnits processes, CommandRuns runs, AddressUnits addresses, MountUnits mounts)
{
    public void Handle(FrameKind kind, ref WireReader reader, LeashServer.Reply reply)
    {
        switch (kind)
        {
            case FrameKind.GetState: reply.Send(reply.Begin().Write(State())); break;
            case FrameKind.Mint: Mint(reader.Long(), reply); break;
            case FrameKind.Arm: Arm(reader.Long(), reader.Instant(), reply); break;
            case FrameKind.Cap: Cap(reader.Long(), reader.Instant(), reply); break;
            case FrameKind.Expire: Expire(reader.Long(), reader.Text(), reply); break;
            case FrameKind.Start:
                processes.Start(WireMessages.ReadStart(ref reader), (refusal, pid) =>
                {
                    if (refusal is not null) reply.Refused(refusal);
                    else reply.Send(reply.Begin().Int(pid));
                });
                break;
            case FrameKind.Run:
                runs.Run(WireMessages.ReadRun(ref reader), (refusal, result) =>
                {
                    if (refusal is not null) reply.Refused(refusal);
                    else reply.Send(reply.Begin().Int(result!.ExitCode).Flag(result.TimedOut).Text(result.Output));
                });
                break;
            case FrameKind.Stop: processes.Stop(reader.Text(), reader.Int(), TimeSpan.FromTicks(reader.Long()), reply.Done); break;
            case FrameKind.AddAddress: reply.Done(addresses.Add(WireMessages.ReadAddress(ref reader))); break;
            case FrameKind.RemoveAddress: reply.Done(addresses.Remove(reader.Text())); break;
            case FrameKind.Announce:
                addresses.AnnounceAll();
                reply.Done(null);
                break;
            case FrameKind.Mount: mounts.Mount(WireMessages.ReadMount(ref reader), reply.Done); break;
            case FrameKind.Unmount: mounts.Unmount(reader.Text(), reply.Done); break;
            case FrameKind.CloseEpoch: CloseEpoch(reader.Text(), reader.Epoch(), reply); break;
            case FrameKind.End:
                reply.Done(null);
                shell.Reactor.Post(shell.End);
                break;
            default: throw new InvalidDataException($"Frame kind {kind} is unknown.");
        }
    }

    private LeashState State()
    {
        lock (shell.Gate)
        {
            var core = shell.Core;
            core.Tick(BootClock.Now);
            return new LeashState
            {
                BootId = BootClock.BootId,
                Incarnation = core.Incarnation,
                Expired = core.Expired,
                Clean = core.Clean,
                Deadline = core.Deadline,
                WorstSweep = core.WorstSweep,
                Units = [.. core.Units.Where(unit => !unit.Gone).Select(unit =>
                    new HeldUnit(unit.Unit, unit.Kind, unit.Warrant.Role, unit.Warrant.Epoch, unit.Tag, unit is ProcessUnit { Phase: not UnitPhase.Ending } process ? process.MainPid : 0))],
            };
        }
    }

    private void Mint(long floor, LeashServer.Reply reply)
    {
        long next;
        lock (shell.Gate)
        {
            if (shell.Core.PrepareMint(floor, BootClock.Now, out next) is { } refusal)
            {
                reply.Refused(refusal);
                return;
            }
        }

        try
        {
            incarnations.Store(next);
        }
        catch (IOException failed)
        {
            reply.Refused(Refusal.Failure(failed.Message));
            return;
        }

        lock (shell.Gate) shell.Core.Mint(next);
        Log.Write("minted", $"incarnation {next}");
        reply.Send(reply.Begin().Long(next));
    }

    /// <summary>Several times a second, for as long as the node lives: nothing here allocates but a refusal.</summary>
    private void Arm(long incarnation, LeashInstant deadline, LeashServer.Reply reply)
    {
        Refusal? refusal;
        LeashInstant armed;
        bool first;
        lock (shell.Gate)
        {
            first = !shell.Core.Armed;
            refusal = shell.Core.Arm(incarnation, deadline, BootClock.Now);
            armed = shell.Core.Deadline;
        }

        if (refusal is not null)
        {
            reply.Refused(refusal);
            return;
        }

        if (first) shell.WakeGuards(); // Later the guard looks often enough by itself, and a deadline only moves away from it.
        reply.Send(reply.Begin().Instant(armed));
    }

    private void Cap(long incarnation, LeashInstant deadline, LeashServer.Reply reply)
    {
        var refusal = shell.Ask((core, now) => core.Cap(incarnation, deadline, now));
        shell.WakeGuards();
        reply.Done(refusal);
    }

    private void Expire(long incarnation, string reason, LeashServer.Reply reply)
    {
        var refusal = shell.Ask((core, now) => core.Expire(incarnation, reason, now));
        shell.WakeGuards();
        reply.Done(refusal);
    }

    private void CloseEpoch(string role, RoleEpoch epoch, LeashServer.Reply reply)
    {
        lock (shell.Gate)
        {
            if (shell.Core.CloseEpoch(role, epoch) is { } refusal)
            {
                reply.Refused(refusal);
                return;
            }
        }

        ClosedEpochs.Save(shell.Settings.RunDirectory, shell.Core.ClosedEpochs);
        reply.Done(null);
    }
}
