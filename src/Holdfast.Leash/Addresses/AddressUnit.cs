using System.Net;
using System.Net.Sockets;
using Holdfast.Leash.Core;
using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Addresses;

/// <summary>An address that the leash answers for.</summary>
internal sealed class AddressUnit(AddressRequest request, InterfaceAddress address) : UnitEntry(request.Unit, UnitKind.Address, request.Warrant, request.Tag)
{
    public InterfaceAddress Address { get; } = address;

    /// <summary>Gets what is held while the kernel's state of it is changed: a refresh must not follow a removal.</summary>
    public Lock Changing { get; } = new();
}

/// <summary>An address on an interface, ready for the kernel.</summary>
internal sealed unsafe record InterfaceAddress(string Interface, int Index, IPAddress Ip, int PrefixLength)
{
    /// <summary>Gets the address's bytes, made once: the guard compares without allocating.</summary>
    public byte[] Bytes { get; } = Ip.GetAddressBytes();

    public bool IsIPv6 => Ip.AddressFamily == AddressFamily.InterNetworkV6;

    public string Text => $"{Ip}/{PrefixLength}";

    /// <summary>Reads <c>10.0.0.5/24</c> for an interface; throws <see cref="FormatException"/> with a sentence.</summary>
    public static InterfaceAddress Parse(string interfaceName, string text)
    {
        var slash = text.IndexOf('/');
        if (slash < 0 || !IPAddress.TryParse(text.AsSpan(0, slash), out var ip) || !int.TryParse(text.AsSpan(slash + 1), out var prefix) || prefix < 0 || prefix > (ip.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32))
        {
            throw new FormatException($"'{text}' is not an address with its prefix length, such as 10.0.0.5/24.");
        }

        uint index;
        fixed (byte* name = Libc.Text(interfaceName)) index = Libc.if_nametoindex(name);
        return index != 0 ? new(interfaceName, (int)index, ip, prefix) : throw new FormatException($"There is no interface {interfaceName} on this machine.");
    }
}
