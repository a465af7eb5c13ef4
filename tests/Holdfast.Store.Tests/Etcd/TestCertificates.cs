using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Holdfast.Store.Tests.Etcd;

/// <summary>An authority of its own for one test cluster, with one certificate for the members and one for the client.</summary>
public sealed class TestCertificates : IDisposable
{
    private static readonly OidCollection ServerAndClient = [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")];

    public TestCertificates(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        var (from, to) = (TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddDays(2));
        using var authority = request.CreateSelfSigned(from, to);
        using var member = Issue(authority, "CN=member", from, to);
        Client = Issue(authority, "CN=client", from, to);
        Authority = X509CertificateLoader.LoadCertificate(authority.RawData);

        AuthorityPath = Path.Combine(folder, "ca.pem");
        MemberPath = Path.Combine(folder, "member.pem");
        MemberKeyPath = Path.Combine(folder, "member-key.pem");
        File.WriteAllText(AuthorityPath, Authority.ExportCertificatePem());
        File.WriteAllText(MemberPath, member.ExportCertificatePem());
        File.WriteAllText(MemberKeyPath, member.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    public X509Certificate2 Authority { get; }

    public X509Certificate2 Client { get; }

    public string AuthorityPath { get; }

    public string MemberPath { get; }

    public string MemberKeyPath { get; }

    public void Dispose()
    {
        Authority.Dispose();
        Client.Dispose();
    }

    // A member is also a client: of its peers, and its gateway of itself. So every certificate carries both usages.
    private static X509Certificate2 Issue(X509Certificate2 authority, string name, DateTimeOffset from, DateTimeOffset to)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(ServerAndClient, false));
        using var certificate = request.Create(authority, from, to, RandomNumberGenerator.GetBytes(12));
        return certificate.CopyWithPrivateKey(key);
    }
}
