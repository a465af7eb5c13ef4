using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Holdfast.Cluster;

namespace Holdfast.Cli.Access;

/// <summary>A certificate of a person. It signs itself: the cluster knows it by its fingerprint, and its authority, which etcd trusts, has nothing to do with it.</summary>
internal static class ClientCertificate
{
    /// <summary>Writes a new key and its certificate to a file that must not exist.</summary>
    /// <returns>The certificate's SHA-256 fingerprint.</returns>
    /// <exception cref="HoldfastException">Code <c>access.file</c>.</exception>
    public static string Write(string path, string name, TimeSpan lifetime, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        using var certificate = request.CreateSelfSigned(now - TimeSpan.FromHours(1), now + lifetime);
        try
        {
            using var writer = new StreamWriter(new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }));
            writer.WriteLine(certificate.ExportCertificatePem());
            writer.WriteLine(key.ExportPkcs8PrivateKeyPem());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HoldfastException(ErrorKind.Invalid, "access.file", $"{path} cannot be written: {exception.Message}", "Name a file that does not exist yet with --out.", exception);
        }

        return certificate.GetCertHashString(HashAlgorithmName.SHA256);
    }
}
