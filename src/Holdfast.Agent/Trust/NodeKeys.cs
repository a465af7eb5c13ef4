using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Holdfast.Cluster.Naming;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Trust;

/// <summary>The keys and certificates of a node, as files of its state folder that only its own account can read.</summary>
/// <param name="directory">The folder, <c>STATE/trust</c>.</param>
internal sealed class NodeKeys(string directory)
{
    private const int TagBytes = 16;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private CachedCertificate? _current;
    private CachedCertificate? _door;

    public string AuthorityFile => Path.Combine(directory, "ca.crt");

    public string CertificateFile => Path.Combine(directory, "node.crt");

    public string KeyFile => Path.Combine(directory, "node.key");

    /// <summary>Gets the list of revoked certificates; etcd reads it anew at every handshake.</summary>
    public string DoorFile => Path.Combine(directory, "door.pem");

    /// <summary>The certificates that the authority took back.</summary>
    public string RevocationFile => Path.Combine(directory, "revoked.crl");

    /// <summary>Gets the address of the shared database, when the store is one.</summary>
    private string StoreAddressFile => Path.Combine(directory, "store.url");

    private string ClusterKeyFile => Path.Combine(directory, "cluster.key");

    /// <summary>Makes the node's key when there is none, and a request for a certificate.</summary>
    public byte[] Request(NodeName node)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (File.Exists(KeyFile)) key.ImportFromPem(File.ReadAllText(KeyFile));
        else Write(KeyFile, key.ExportPkcs8PrivateKeyPem());
        return new CertificateRequest($"CN={node.Value}", key, HashAlgorithmName.SHA256).CreateSigningRequest();
    }

    /// <summary>Stores what the cluster gave.</summary>
    public void Install(string authorityPem, string certificatePem, byte[] clusterKey, string? revocationPem)
    {
        Write(AuthorityFile, authorityPem);
        Write(CertificateFile, certificatePem);
        Write(ClusterKeyFile, Convert.ToBase64String(clusterKey));
        if (revocationPem is not null) InstallRevocations(revocationPem);
    }

    /// <summary>Replaces the list of revoked certificates; etcd would refuse everybody while it is missing or half written. Returns whether it is another one now.</summary>
    public bool InstallRevocations(string pem)
    {
        if (File.Exists(RevocationFile) && File.ReadAllText(RevocationFile) == pem) return false;
        Write(RevocationFile, pem);
        return true;
    }

    /// <summary>Stores where the shared database is.</summary>
    public void InstallStoreAddress(string address) => Write(StoreAddressFile, address);

    /// <summary>Where the shared database is.</summary>
    public string LoadStoreAddress() => File.ReadAllText(StoreAddressFile);

    /// <summary>Forgets what a cluster gave, but not the node's own key: it is what an interrupted join is repeated with.</summary>
    public void Uninstall()
    {
        foreach (var file in new[] { AuthorityFile, CertificateFile, ClusterKeyFile, RevocationFile, StoreAddressFile }) File.Delete(file);
    }

    /// <summary>Loads the cluster's authority certificate.</summary>
    public X509Certificate2 LoadAuthority() => X509Certificate2.CreateFromPem(File.ReadAllText(AuthorityFile));

    /// <summary>Opens the authority itself, with the key that the store holds sealed.</summary>
    /// <exception cref="CryptographicException">It was sealed with another key, or was changed.</exception>
    public ClusterAuthority OpenAuthority(byte[] clusterKey, SealedSecret secret) => ClusterAuthority.Load(LoadAuthority().ExportCertificatePem(), Open(clusterKey, secret, RegistryKeys.AuthorityName));

    /// <summary>Loads the node's certificate with its key.</summary>
    public X509Certificate2 LoadCertificate() => X509Certificate2.CreateFromPemFile(CertificateFile, KeyFile);

    /// <summary>The certificate as it is now, ready for a handshake: read anew only when the file was replaced.</summary>
    public SslStreamCertificateContext CurrentCertificate()
    {
        var written = File.GetLastWriteTimeUtc(CertificateFile);
        var cached = Volatile.Read(ref _current);
        if (cached is not null && cached.Written == written) return cached.Context;
        var context = SslStreamCertificateContext.Create(LoadCertificate(), null, offline: true);
        Volatile.Write(ref _current, new(written, context));
        return context;
    }

    /// <summary>
    /// What the door shows: <c>door.pem</c> (certificate, those that sign it, and key) where an administrator put one that browsers trust under the virtual
    /// server's name; else the node's own.
    /// </summary>
    public SslStreamCertificateContext DoorCertificate()
    {
        if (!File.Exists(DoorFile)) return CurrentCertificate();
        var written = File.GetLastWriteTimeUtc(DoorFile);
        var cached = Volatile.Read(ref _door);
        if (cached is not null && cached.Written == written) return cached.Context;
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(DoorFile);
        var context = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(DoorFile, DoorFile), [.. chain.Skip(1)], offline: true);
        Volatile.Write(ref _door, new(written, context));
        return context;
    }

    /// <summary>Replaces the certificate as one; the key stays.</summary>
    public void InstallCertificate(string certificatePem) => Write(CertificateFile, certificatePem);

    /// <summary>The node's public key, SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(KeyFile));
        return key.ExportSubjectPublicKeyInfo();
    }

    /// <summary>Opens what was sealed to this node.</summary>
    /// <exception cref="CryptographicException">It was sealed to another, or was changed.</exception>
    public byte[] OpenEnvelope(SealedEnvelope envelope, string name) => SealedToNode.Open(File.ReadAllText(KeyFile), envelope, name);

    /// <summary>Replaces the cluster key.</summary>
    public void InstallClusterKey(byte[] clusterKey) => Write(ClusterKeyFile, Convert.ToBase64String(clusterKey));

    /// <summary>The key that seals secrets in the store, which every member holds. Ask <see cref="Membership.ClusterKeyKeeper"/> for the present one.</summary>
    public byte[] LoadClusterKey() => Convert.FromBase64String(File.ReadAllText(ClusterKeyFile));

    /// <summary>Seals a secret with the cluster key.</summary>
    public static SealedSecret Seal(byte[] clusterKey, byte[] plain, string name)
    {
        var (nonce, cipher, tag) = (RandomNumberGenerator.GetBytes(12), new byte[plain.Length], new byte[TagBytes]);
        using var aes = new AesGcm(clusterKey, TagBytes);
        aes.Encrypt(nonce, plain, cipher, tag, System.Text.Encoding.UTF8.GetBytes(name)); // Bound to its name, so that one cannot be put in another's place.
        return new(nonce, cipher, tag);
    }

    /// <summary>Opens a sealed secret.</summary>
    /// <exception cref="CryptographicException">It was sealed with another key or under another name, or was changed.</exception>
    public static byte[] Open(byte[] clusterKey, SealedSecret secret, string name)
    {
        if (secret.Tag.Length != TagBytes) throw new CryptographicException($"The seal of {name} has {secret.Tag.Length} bytes instead of {TagBytes}."); // A shorter one is easier to forge.
        var plain = new byte[secret.CipherText.Length];
        using var aes = new AesGcm(clusterKey, TagBytes);
        aes.Decrypt(secret.Nonce, secret.CipherText, secret.Tag, plain, System.Text.Encoding.UTF8.GetBytes(name));
        return plain;
    }

    private sealed record CachedCertificate(DateTime Written, SslStreamCertificateContext Context);

    private static void Write(string path, string text)
    {
        var next = path + ".new";
        using (var stream = new FileStream(next, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }
}
