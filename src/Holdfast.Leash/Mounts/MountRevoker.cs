using Holdfast.Leash.Core;
using Holdfast.Leash.Guarding;
using Holdfast.Leash.Protocol;
using Holdfast.Leash.Serving;

namespace Holdfast.Leash.Mounts;

/// <summary>The thread that unmounts after the deadline. Apart from the guard, because an unmount may hang; the guard then notices that it does.</summary>
internal sealed class MountRevoker(LeashShell shell) : GuardThread("mounts", shell)
{
    private const long Millisecond = 1_000_000;
    private const int PassesBeforeLazy = 20;

    private readonly UnitEntry[] _units = new UnitEntry[LeashCore.Capacity];
    private int _passes;

    protected override long Pass(LeashInstant now)
    {
        int count;
        lock (Shell.Gate)
        {
            if (Shell.Core is not { Expired: true, Clean: false } || Shell.Settings.IgnoreDeadline)
            {
                _passes = 0;
                return Never;
            }

            count = Copy(_units, UnitKind.Mount);
        }

        var all = true;
        for (var i = 0; i < count; i++)
        {
            var unit = (MountUnit)_units[i];
            if (unit.Gone) continue;
            if (unit.Phase != UnitPhase.Pending)
            {
                unit.ShutDown();
                // A stranger's open file keeps it busy. Lazily detached it is at least out of reach; clean it is only when the device is free.
                unit.Mount.TryDetach(lazily: _passes > PassesBeforeLazy);
                if (unit.Mount.IsReleased())
                {
                    unit.Gone = true;
                    Shell.WakeGuards();
                }
            }

            all &= unit.Gone;
        }

        _passes++;
        return all ? Never : now.BootNanoseconds + Millisecond;
    }
}
