using Holdfast.Leash.Core;
using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;
using Holdfast.Leash.Recovery;
using Holdfast.Leash.Serving;

namespace Holdfast.Leash.Addresses;

/// <summary>Adds and removes addresses on request. On the reactor.</summary>
internal sealed class AddressUnits(LeashShell shell, RevokeList revokes)
{
    private static readonly TimeSpan[] AnnounceAgain = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1)];

    private readonly Netlink _netlink = new();

    public Refusal? Add(AddressRequest request)
    {
        if (Libc.geteuid() != 0) return Refusal.Failure("The leash runs unprivileged; only root can add addresses.");
        AddressUnit unit;
        try
        {
            unit = new AddressUnit(request, InterfaceAddress.Parse(request.Interface, request.Address));
        }
        catch (FormatException malformed)
        {
            return Refusal.Failure($"{request.Unit}: {malformed.Message}");
        }

        if (shell.Ask((core, now) => core.Begin(unit, now)) is { } refusal) return refusal;
        if (_netlink.IsPresent(unit.Address, out _))
        {
            shell.Remove(unit);
            return Refusal.Failure($"{request.Unit}: {unit.Address.Ip} is on this machine already and was not added by this leash; remove it first.");
        }

        revokes.Add(unit, $"address\t{request.Interface}\t{unit.Address.Text}");
        var error = _netlink.Add(unit.Address);
        if (error != 0)
        {
            // After any failure but "it exists" it may still have been added, when only the answer was lost.
            if (error != Libc.EEXIST) _netlink.Delete(unit.Address);
            revokes.Remove(unit);
            shell.Remove(unit);
            return Refusal.Failure($"{request.Unit}: cannot add {unit.Address.Text} to {request.Interface}: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)}.");
        }

        // From here the sweep sees it; when it began meanwhile, it removes it.
        refusal = shell.Ask((core, now) => core.Confirm(unit, now));
        shell.WakeGuards();
        if (refusal is not null) return refusal;
        Announcer.Announce(unit.Address);
        foreach (var delay in AnnounceAgain) shell.Reactor.After(delay, () => AnnounceIfHeld(unit));
        return null;
    }

    public Refusal? Remove(string name)
    {
        AddressUnit? unit;
        lock (shell.Gate) unit = shell.Core.Find(name, UnitKind.Address) as AddressUnit;
        if (unit is null) return null;
        lock (unit.Changing)
        {
            lock (shell.Gate) unit.Phase = UnitPhase.Ending;
            var error = _netlink.Delete(unit.Address);
            if (_netlink.IsPresent(unit.Address, out _))
            {
                lock (shell.Gate) unit.Phase = UnitPhase.Held;
                return Refusal.Failure($"{name}: {unit.Address.Text} is still there: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)}.");
            }
        }

        shell.Remove(unit);
        revokes.Remove(unit);
        return null;
    }

    public void AnnounceAll()
    {
        AddressUnit[] held;
        lock (shell.Gate) held = [.. shell.Core.Units.OfType<AddressUnit>()];
        foreach (var unit in held) AnnounceIfHeld(unit);
    }

    private void AnnounceIfHeld(AddressUnit unit)
    {
        lock (shell.Gate)
        {
            // Announcing an address that went elsewhere would draw its traffic here.
            if (unit.Gone || unit.Phase != UnitPhase.Held || shell.Core.Check(unit.Warrant, BootClock.Now) is not null) return;
        }

        Announcer.Announce(unit.Address);
    }
}
