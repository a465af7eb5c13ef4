using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Trust;

/// <summary>The cluster's own certificate authority: made by <c>cluster create</c>, its key sealed in the store for every member (DESIGN section 15).</summary>
internal sealed class ClusterAuthority(X509Certificate2 certificate, ECDsa key)
{
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan AuthorityLifetime = TimeSpan.FromDays(3650);
    private static readonly TimeSpan NodeLifetime = TimeSpan.FromDays(1825);

    /// <summary>Gets the authority's certificate, without its key.</summary>
    public X509Certificate2 Certificate => certificate;

    /// <summary>Gets the SHA-256 fingerprint that join tokens carry.</summary>
    public string Fingerprint => certificate.GetCertHashString(HashAlgorithmName.SHA256);

    /// <summary>Makes a new authority.</summary>
    public static ClusterAuthority Create(string clusterName, DateTimeOffset now)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=Holdfast cluster {clusterName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new(request.CreateSelfSigned(now - TimeSpan.FromHours(1), now + AuthorityLifetime), key);
    }

    /// <summary>Loads an authority from what <see cref="ExportKey"/> and the certificate's PEM gave.</summary>
    public static ClusterAuthority Load(string certificatePem, byte[] pkcs8)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return new(X509Certificate2.CreateFromPem(certificatePem), key);
    }

    /// <summary>The private key, PKCS #8: to be sealed, never written plain.</summary>
    public byte[] ExportKey() => key.ExportPkcs8PrivateKey();

    /// <summary>
    /// Signs a node's certificate. It serves as server and client certificate alike: etcd's members dial each other, and
    /// themselves, with the one they serve with.
    /// </summary>
    /// <exception cref="HoldfastException">Code <c>join.request-invalid</c>: the request is not a valid PKCS #10 of a P-256 key.</exception>
    public X509Certificate2 Sign(byte[] certificateRequest, NodeName node, string address, DateTimeOffset now)
    {
        var asked = Read(certificateRequest);

        // Only the key is taken from the request; the name and the uses are ours to say.
        var request = new CertificateRequest(new X500DistinguishedName($"CN={node.Value}"), asked.PublicKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(node.Value);
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        if (IPAddress.TryParse(address, out var ip)) names.AddIpAddress(ip);
        else names.AddDnsName(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuth), new Oid(ClientAuth)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate, true, false));
        var generator = X509SignatureGenerator.CreateForECDsa(key);
        return request.Create(certificate.SubjectName, generator, now - TimeSpan.FromHours(1), now + NodeLifetime, RandomNumberGenerator.GetBytes(16));
    }

    /// <summary>Takes certificates back, beside those that were before. The list outlives the authority: what it refuses shall never be accepted again.</summary>
    /// <param name="before">What is revoked already; null when nothing is.</param>
    /// <param name="more">Serial numbers, in hexadecimal.</param>
    public RevocationRecord Revoke(RevocationRecord? before, IEnumerable<string> more, DateTimeOffset now)
    {
        string[] serials = [.. before?.Serials ?? [], .. more];
        var list = new CertificateRevocationListBuilder();
        foreach (var serial in serials) list.AddEntry(Convert.FromHexString(serial), now);
        using var issuer = certificate.HasPrivateKey ? new X509Certificate2(certificate) : certificate.CopyWithPrivateKey(key);
        return new(serials, PemEncoding.WriteString("X509 CRL", list.Build(issuer, serials.Length + 1, certificate.NotAfter, HashAlgorithmName.SHA256)));
    }

    /// <summary>The public key that a certificate request is for, and was signed with.</summary>
    /// <exception cref="HoldfastException">Code <c>join.request-invalid</c>.</exception>
    public static byte[] KeyOf(byte[] certificateRequest) => Read(certificateRequest).PublicKey.ExportSubjectPublicKeyInfo();

    private static CertificateRequest Read(byte[] certificateRequest)
    {
        try
        {
            return CertificateRequest.LoadSigningRequest(certificateRequest, HashAlgorithmName.SHA256);
        }
        catch (CryptographicException exception)
        {
            throw new HoldfastException(ErrorKind.Invalid, "join.request-invalid", "The certificate request of the joining node cannot be read.", "Use the same version of Holdfast on every node.", exception);
        }
    }
}
