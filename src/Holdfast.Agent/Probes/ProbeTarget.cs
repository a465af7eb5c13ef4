using System.Globalization;
using System.Net;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Probes;

/// <summary>The target of a probe: <c>host:port</c> (<c>[address]:port</c> for IPv6) or a URL.</summary>
internal static class ProbeTarget
{
    /// <summary>Says what is wrong with a target, or null.</summary>
    public static string? WhyInvalid(ProbeKind kind, string target) => kind switch
    {
        ProbeKind.Tcp => TrySplit(target, out _, out _) ? null : $"'{target}' is not host:port, such as 10.0.0.100:5432 or [2001:db8::1]:5432.",
        ProbeKind.Http => Uri.TryCreate(target, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 ? null : $"'{target}' is not a URL that starts with http:// or https://.",
        _ => null,
    };

    public static (string Host, int Port) Split(string target) =>
        TrySplit(target, out var host, out var port) ? (host, port) : throw new InvalidOperationException($"'{target}' passed validation but is not host:port.");

    private static bool TrySplit(string target, out string host, out int port)
    {
        (host, port) = ("", 0);
        var colon = target.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(target.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is 0 or > 65535) return false;

        host = target[..colon];
        if (host is ['[', .. var inner, ']'])
        {
            host = inner;
            return IPAddress.TryParse(inner, out _);
        }

        return Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4;
    }
}
