using System.Net;
using Holdfast.Leash.Addresses;
using Holdfast.Leash.Native;

namespace Holdfast.Leash.Revoking;

/// <summary>Removes an address: from the interface named, or from every one that has it.</summary>
internal sealed unsafe class AddressRevocation(string? interfaceName, IPAddress ip, int prefix) : Revocation
{
    public override bool Step(RevocationPass pass)
    {
        var wanted = new InterfaceAddress(interfaceName ?? "", IndexOf(interfaceName), ip, prefix);
        if (interfaceName is not null && wanted.Index == 0) return true; // The interface is gone, and the address with it.
        for (var copies = 0; copies < 16; copies++)
        {
            if (!pass.Netlink.IsPresent(wanted, out var index, out var length)) return true;
            if (index == 0) return false; // It could not be looked for.
            if (interfaceName is not null && index != wanted.Index) return true; // Another's, elsewhere.
            pass.Netlink.Delete(new InterfaceAddress(wanted.Interface, index, ip, length));
        }

        return false;
    }

    private static int IndexOf(string? name)
    {
        if (name is null) return 0;
        fixed (byte* text = Libc.Text(name)) return (int)Libc.if_nametoindex(text);
    }
}
