using Holdfast.Leash.Addresses;
using Holdfast.Leash.Core;
using Holdfast.Leash.Guarding;
using Holdfast.Leash.Protocol;
using Holdfast.Leash.Serving;
using Holdfast.Leash.Units;

namespace Holdfast.Leash.Revoking;

/// <summary>
/// The thread that takes back what commands of units did outside of their namespaces: after the deadline, and whenever such a unit ends.
/// Apart from the guard, because an unmount may hang and starting a command allocates; the guard then notices that it takes too long.
/// </summary>
internal sealed class Revoker(LeashShell shell) : GuardThread("revocations", shell)
{
    private const long Millisecond = 1_000_000;

    private readonly UnitEntry[] _units = new UnitEntry[LeashCore.Capacity];
    private readonly Netlink _netlink = new();

    /// <summary>Gets or sets who is told, on the queue, that everything of a unit is taken back.</summary>
    public Action<ProcessUnit> Revoked { get; set; } = _ => { };

    protected override long Pass(LeashInstant now)
    {
        int count;
        bool urgent;
        lock (Shell.Gate)
        {
            urgent = Shell.Core is { Expired: true, Clean: false };
            count = Copy(_units, UnitKind.Process);
        }

        if (Shell.Settings.IgnoreDeadline && urgent) return Never;
        var waiting = false;
        for (var i = 0; i < count; i++)
        {
            var unit = (ProcessUnit)_units[i];
            if (unit.IsRevoked || !(urgent || unit.IsBeingRevoked)) continue;
            bool over;
            lock (Shell.Gate) over = unit.Phase != UnitPhase.Pending && unit.IsOver();
            // Each is tried while the unit's processes still die; what counts is one look at all of them after that.
            var gone = true;
            foreach (var revocation in unit.Revocations) gone &= revocation.Step(new(_netlink, urgent, over));
            if (over && gone)
            {
                unit.IsRevoked = true;
                Shell.WakeGuards();
                Shell.Reactor.Post(() => Revoked(unit));
            }

            waiting |= !unit.IsRevoked;
        }

        return waiting ? now.BootNanoseconds + (urgent ? Millisecond : 5 * Millisecond) : Never;
    }
}
