using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Holdfast.Agent.Api;

namespace Holdfast.Agent.Trust;

/// <summary>The certificates on a node, with their ends.</summary>
internal static class NodeCertificates
{
    /// <summary>Those that there are; none without keys. One that cannot be read is left out: who needs it says so.</summary>
    /// <param name="trouble">Why the node's own was not renewed when it was last tried.</param>
    public static IReadOnlyList<CertificateInfo> Of(NodeKeys? keys, string? trouble) => keys is null ? [] :
    [
        .. End(() => Using(keys.LoadCertificate)) is { } own ? [new CertificateInfo("node", own, trouble)] : (CertificateInfo[])[],
        .. End(() => Using(keys.LoadAuthority)) is { } authority ? [new CertificateInfo("authority", authority)] : (CertificateInfo[])[],
        .. File.Exists(keys.DoorFile) && End(() => keys.DoorCertificate().TargetCertificate.NotAfter) is { } door ? [new CertificateInfo("door", door)] : (CertificateInfo[])[],
    ];

    private static DateTime Using(Func<X509Certificate2> load)
    {
        using var certificate = load();
        return certificate.NotAfter;
    }

    private static DateTimeOffset? End(Func<DateTime> read)
    {
        try
        {
            return read().ToUniversalTime();
        }
        catch (Exception exception) when (exception is IOException or CryptographicException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
