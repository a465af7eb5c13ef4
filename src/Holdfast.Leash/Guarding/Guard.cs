using Holdfast.Leash.Core;
using Holdfast.Leash.Native;
using Holdfast.Leash.Mounts;
using Holdfast.Leash.Protocol;
using Holdfast.Leash.Serving;
using Holdfast.Leash.Units;

namespace Holdfast.Leash.Guarding;

/// <summary>
/// The thread that enforces the deadline. It latches, kills every namespace and shuts every file system down by itself, without
/// the queue and without allocating; its siblings remove addresses and unmount. It repeats until everything is verified gone.
/// </summary>
internal sealed class Guard(LeashShell shell, Watchdog? watchdog) : GuardThread("guard", shell)
{
    private const long Millisecond = 1_000_000;

    private readonly UnitEntry[] _units = new UnitEntry[LeashCore.Capacity];
    private bool _resetting;

    /// <summary>Gets whether the sweep has outlived K.</summary>
    public bool Stuck { get; private set; }

    protected override long Pass(LeashInstant now)
    {
        bool sweeping, told, fed;
        var next = Never;
        lock (Shell.Gate)
        {
            var core = Shell.Core;
            told = core.Tick(now);
            sweeping = core is { Expired: true, Clean: false };
            if (sweeping)
            {
                told |= Sweep(core);
                told |= core.TrySettle(BootClock.Now);
                sweeping = !core.Clean;
                var stuck = sweeping && core.SweepingFor(now) > Shell.Settings.KillTime;
                told |= stuck != Stuck;
                Stuck = stuck;
            }
            else if (core is { Armed: true, Expired: false })
            {
                next = NextTick(now, core.Deadline);
            }

            fed = !sweeping;
        }

        if (told)
        {
            Shell.WakeGuards();
            Shell.Reactor.Ring();
        }

        if (sweeping) next = now.BootNanoseconds + SweepAgain();
        if (watchdog is not null && fed)
        {
            watchdog.Feed();
            next = Math.Min(next, now.BootNanoseconds + Watchdog.FeedEvery);
        }

        return next;
    }

    /// <summary>One pass over everything that is left. Under the gate: each call below is a signal, a poll or a flag.</summary>
    private bool Sweep(LeashCore core)
    {
        var changed = false;
        var count = Copy(_units, null);
        for (var i = 0; i < count; i++)
        {
            var entry = _units[i];
            if (entry.Gone) continue;
            if (Shell.Settings.IgnoreDeadline)
            {
                entry.Gone = true; // The deliberate mistake: say that it is gone, and end nothing.
            }
            else if (entry is ProcessUnit process)
            {
                process.Kill();
                if (process.Phase != UnitPhase.Pending && process.IsOver() && process.IsRevoked) process.Gone = true;
            }
            else if (entry is MountUnit mount && mount.Phase != UnitPhase.Pending)
            {
                mount.ShutDown();
            }

            changed |= entry.Gone;
        }

        return changed;
    }

    /// <summary>Exactly at the deadline by whichever clock comes first, in short steps before it: the clocks may be slewed while we sleep.</summary>
    private static long NextTick(LeashInstant now, LeashInstant deadline)
    {
        var left = Math.Min(deadline.BootNanoseconds - now.BootNanoseconds, deadline.RawNanoseconds - now.RawNanoseconds);
        return now.BootNanoseconds + Math.Min(left, left < 50 * Millisecond ? 5 * Millisecond : 25 * Millisecond);
    }

    private long SweepAgain()
    {
        if (!Stuck) return Millisecond / 2;
        if (Shell.Settings.ResetWhenStuck && !_resetting)
        {
            // The last resort (leases rule 15): what cannot be ended may write on. Nothing is synchronised to disk, on purpose.
            _resetting = true;
            Libc.reboot(0x01234567);
        }

        return 10 * Millisecond;
    }
}
