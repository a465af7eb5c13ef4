using System.Globalization;
using System.Net;
using Holdfast.Leash.Addresses;
using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Revoking;

/// <summary>One line of the revoke list, and how far its revocation has come. Used by one thread at a time.</summary>
internal abstract class Revocation
{
    /// <summary>Tries once, without waiting for anything. Returns whether the effect is verified gone <em>now</em>.</summary>
    public abstract bool Step(RevocationPass pass);

    /// <summary>Reads a line; null when it is cut short: its effect was not made yet.</summary>
    public static Revocation? Parse(string line) => line.Split('\t') switch
    {
        ["address", "-", var text] when TryAddress(text, out var ip, out _) => new AddressRevocation(null, ip, 0),
        ["address", var name, var text] when TryAddress(text, out var ip, out var prefix) => new AddressRevocation(name, ip, prefix),
        ["mount", "-", var target] => new AnyMountRevocation(Revocations.Unescape(target)),
        ["mount", var device, var target] => new MountRevocation(device, target),
        ["file", var path] => new FileRevocation(Revocations.Unescape(path)),
        ["service", var service, var grant, var group] => new ServiceRevocation(Revocations.Unescape(service), Protocol.Revocations.Unescape(grant), Protocol.Revocations.Unescape(group)),
        ["command", var limit, .. { Length: > 0 } command] when long.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) =>
            new CommandRevocation(TimeSpan.FromMilliseconds(milliseconds), [.. command.Select(Revocations.Unescape)]),
        _ => null,
    };

    /// <summary>A line as people may see it: a command's variables can hold secrets.</summary>
    public static string Describe(string line) => line.Split('\t') is ["command", ..] ? "its own stop, which does not succeed" : line.Replace('\t', ' ');

    private static bool TryAddress(string text, out IPAddress ip, out int prefix)
    {
        var slash = text.IndexOf('/');
        prefix = 0;
        return IPAddress.TryParse(slash < 0 ? text : text.AsSpan(0, slash), out ip!) && (slash < 0 || int.TryParse(text.AsSpan(slash + 1), out prefix));
    }
}

/// <summary>What one look at the revocations of a unit goes by.</summary>
/// <param name="Netlink">The calling thread's way to the kernel's addresses.</param>
/// <param name="Urgent">The lease is over: dirty pages must not be written any more. Otherwise the end is asked for, and nothing may be lost.</param>
/// <param name="ProcessesOver">The unit's processes are over, so that nothing makes the effect again.</param>
internal readonly record struct RevocationPass(Netlink Netlink, bool Urgent, bool ProcessesOver);
