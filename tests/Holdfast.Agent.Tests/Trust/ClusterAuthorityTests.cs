using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Holdfast.Agent.Peers;
using Holdfast.Agent.Trust;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;

namespace Holdfast.Agent.Tests.Trust;

public sealed class ClusterAuthorityTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private readonly string _directory = Directory.CreateTempSubdirectory("holdfast-trust-").FullName;
    private readonly ClusterAuthority _authority = ClusterAuthority.Create("shop", Now);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_signed_certificate_is_trusted_by_the_cluster_and_by_no_other()
    {
        using var certificate = _authority.Sign(Keys("a").Request(new NodeName("a")), new NodeName("a"), "10.0.0.5", Now);

        Assert.True(IsTrusted(certificate, _authority));
        Assert.False(IsTrusted(certificate, ClusterAuthority.Create("shop", Now)));
    }

    [Fact]
    public void A_certificate_names_the_node_and_its_address_and_can_sign_nothing()
    {
        using var certificate = _authority.Sign(Keys("a").Request(new NodeName("someone-else")), new NodeName("a"), "10.0.0.5", Now);

        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal("CN=a", certificate.Subject);
        Assert.Equal(["a", "localhost"], names.EnumerateDnsNames());
        Assert.Equal(["127.0.0.1", "10.0.0.5"], names.EnumerateIPAddresses().Select(address => address.ToString()));
        Assert.False(certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
    }

    [Fact]
    public void An_authority_that_was_loaded_again_signs_for_the_same_cluster()
    {
        var loaded = ClusterAuthority.Load(_authority.Certificate.ExportCertificatePem(), _authority.ExportKey());

        using var certificate = loaded.Sign(Keys("a").Request(new NodeName("a")), new NodeName("a"), "node-a.example", Now);

        Assert.True(IsTrusted(certificate, _authority));
        Assert.Equal(_authority.Fingerprint, loaded.Fingerprint);
    }

    [Fact]
    public void A_request_that_was_changed_or_is_none_is_refused()
    {
        var request = Keys("a").Request(new NodeName("a"));
        request[^5] ^= 1;

        foreach (var bad in (byte[][])[request, [], [1, 2, 3]])
        {
            var error = Assert.Throws<HoldfastException>(() => _authority.Sign(bad, new NodeName("a"), "10.0.0.5", Now));
            Assert.Equal("join.request-invalid", error.Code);
        }
    }

    [Fact]
    public void Installed_keys_are_loaded_again_and_only_their_owner_can_read_them()
    {
        var keys = Keys("a");
        using var signed = _authority.Sign(keys.Request(new NodeName("a")), new NodeName("a"), "10.0.0.5", Now);
        var clusterKey = RandomNumberGenerator.GetBytes(32);

        keys.Install(_authority.Certificate.ExportCertificatePem(), signed.ExportCertificatePem(), clusterKey, _authority.Revoke(null, [], Now).List);

        using var loaded = keys.LoadCertificate();
        Assert.True(loaded.HasPrivateKey);
        Assert.Equal(signed.Thumbprint, loaded.Thumbprint);
        Assert.Equal(clusterKey, keys.LoadClusterKey());
        Assert.All(Directory.GetFiles(Path.GetDirectoryName(keys.KeyFile)!), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public void A_revocation_list_names_what_was_taken_back_whether_the_authority_is_new_or_loaded_again()
    {
        var request = Keys("a").Request(new NodeName("a"));
        var loaded = ClusterAuthority.Load(_authority.Certificate.ExportCertificatePem(), _authority.ExportKey());
        var signed = Enumerable.Range(0, 16).Select(_ => _authority.Sign(request, new NodeName("a"), "10.0.0.5", Now)).ToList(); // Serials are random; each form shall do.

        foreach (var authority in (ClusterAuthority[])[_authority, loaded])
        {
            var list = CertificateRevocationListBuilder.LoadPem(authority.Revoke(authority.Revoke(null, Serials(signed[..4]), Now), Serials(signed[4..]), Now).List, out var number);

            Assert.Equal(17, number);
            Assert.All(signed, one => Assert.True(list.RemoveEntry(one.SerialNumberBytes.Span)));
        }

        static IEnumerable<string> Serials(List<X509Certificate2> certificates) => certificates.Select(one => one.SerialNumber);
    }

    [Fact]
    public void A_node_whose_certificate_is_being_replaced_has_two_to_be_revoked()
    {
        var node = new NodeRecord { Name = new NodeName("a"), Kind = NodeKind.Member, Voter = false, Address = "10.0.0.5", ApiPort = 1, Intent = NodeIntent.Active, CertificateFingerprint = "f", CertificateSerial = "0B" };

        Assert.Equal(["0B"], node.Serials());
        Assert.Equal(["0B", "0A"], (node with { FormerSerial = "0A" }).Serials());
        Assert.Empty((node with { CertificateSerial = "" }).Serials());
    }

    [Fact]
    public void A_second_request_is_made_with_the_same_key()
    {
        var keys = Keys("a");

        var (first, second) = (keys.Request(new NodeName("a")), keys.Request(new NodeName("a")));

        Assert.Equal(KeyOf(first), KeyOf(second));

        static byte[] KeyOf(byte[] request) => CertificateRequest.LoadSigningRequest(request, HashAlgorithmName.SHA256).PublicKey.EncodedKeyValue.RawData;
    }

    private NodeKeys Keys(string node) => new(Path.Combine(_directory, node));

    private static bool IsTrusted(X509Certificate2 certificate, ClusterAuthority by)
    {
        using var chain = new X509Chain { ChainPolicy = PeerClient.Policy(by.Certificate) };
        return chain.Build(certificate);
    }
}
