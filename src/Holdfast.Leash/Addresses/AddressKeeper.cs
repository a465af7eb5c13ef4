using Holdfast.Leash.Core;
using Holdfast.Leash.Guarding;
using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;
using Holdfast.Leash.Serving;

namespace Holdfast.Leash.Addresses;

/// <summary>
/// The thread that keeps addresses alive while the lease lives, and removes them when it does not. Apart from the guard, because
/// the kernel's network lock may be held by others for tens of milliseconds. A refresh and the removal come from this one
/// thread, so no refresh can follow the removal.
/// </summary>
internal sealed class AddressKeeper(LeashShell shell) : GuardThread("addresses", shell)
{
    private const long RefreshEvery = 500_000_000;

    private readonly UnitEntry[] _units = new UnitEntry[LeashCore.Capacity];
    private readonly Netlink _netlink = new();
    private long _refreshAt;

    protected override long Pass(LeashInstant now)
    {
        int count;
        bool sweeping, alive;
        lock (Shell.Gate)
        {
            Shell.Core.Tick(now);
            alive = Shell.Core is { Armed: true, Expired: false } || Shell.Settings.IgnoreDeadline;
            sweeping = Shell.Core is { Expired: true, Clean: false };
            count = Copy(_units, UnitKind.Address);
        }

        if (count == 0) return Never;
        if (sweeping && !Shell.Settings.IgnoreDeadline) return Revoke(count) ? Never : now.BootNanoseconds + 1_000_000;
        if (!alive) return Never;
        if (now.BootNanoseconds < _refreshAt) return _refreshAt;
        for (var i = 0; i < count; i++) Refresh((AddressUnit)_units[i]);
        return _refreshAt = now.BootNanoseconds + RefreshEvery;
    }

    private void Refresh(AddressUnit unit)
    {
        lock (unit.Changing)
        {
            if (unit.Phase == UnitPhase.Held) _netlink.Refresh(unit.Address);
        }
    }

    private bool Revoke(int count)
    {
        var all = true;
        for (var i = 0; i < count; i++)
        {
            var unit = (AddressUnit)_units[i];
            if (unit.Gone) continue;
            if (unit.Phase != UnitPhase.Pending)
            {
                _netlink.Delete(unit.Address);
                if (!_netlink.IsPresent(unit.Address, out _))
                {
                    unit.Gone = true;
                    Shell.WakeGuards();
                }
            }

            all &= unit.Gone;
        }

        return all;
    }
}
