using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Holdfast.Agent.Resources.Addresses;

/// <summary>An address with the length of its subnet's prefix, such as <c>10.0.0.100/24</c>. (<see cref="IPNetwork"/> holds networks only.)</summary>
/// <param name="Address">The address.</param>
/// <param name="Length">The prefix length in bits.</param>
internal sealed record IpPrefix(IPAddress Address, int Length)
{
    public bool IsVersion6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Reads address/length; the length is required, because guessing it makes an address that nobody reaches.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IpPrefix? prefix)
    {
        prefix = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || text.Contains('%', StringComparison.Ordinal)
            || !IPAddress.TryParse(text.AsSpan(0, slash), out var address)
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            || length == 0 || length > address.GetAddressBytes().Length * 8) return false;

        // IPAddress reads "10.1" as 10.0.0.1; nobody who writes that means it.
        if (address.AddressFamily == AddressFamily.InterNetwork && text.AsSpan(0, slash).Count('.') != 3) return false;

        prefix = new IpPrefix(address, length);
        return true;
    }

    /// <summary>Whether <paramref name="other"/> is in the same subnet.</summary>
    public bool IsSameSubnet(IPAddress other)
    {
        if (other.AddressFamily != Address.AddressFamily) return false;

        var (mine, theirs) = (Address.GetAddressBytes(), other.GetAddressBytes());
        var whole = Length / 8;
        if (!mine.AsSpan(0, whole).SequenceEqual(theirs.AsSpan(0, whole))) return false;
        return Length % 8 == 0 || (mine[whole] ^ theirs[whole]) >> (8 - (Length % 8)) == 0;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{Length}");
}
