using System.Security.Cryptography;
using System.Text;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Trust;

/// <summary>
/// Seals something so that one node alone can open it, with nothing but its public key: ECDH with a key of this one message, HKDF-SHA256,
/// AES-256-GCM. It is how the nodes that stay get a new cluster key through the store, which the one that is revoked may have a copy of.
/// </summary>
internal static class SealedToNode
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>Seals.</summary>
    /// <param name="publicKey">The node's P-256 key, SubjectPublicKeyInfo.</param>
    /// <param name="name">What it is and for whom: it can be opened under this name only.</param>
    /// <exception cref="CryptographicException">The key is no P-256 key.</exception>
    public static SealedEnvelope Seal(byte[] publicKey, byte[] plain, string name)
    {
        using var node = ECDiffieHellman.Create();
        node.ImportSubjectPublicKeyInfo(publicKey, out _);
        using var once = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var from = once.PublicKey.ExportSubjectPublicKeyInfo();
        var (nonce, cipher, tag) = (RandomNumberGenerator.GetBytes(NonceBytes), new byte[plain.Length], new byte[TagBytes]);
        using var aes = new AesGcm(KeyOf(once, node.PublicKey, from, name), TagBytes);
        aes.Encrypt(nonce, plain, cipher, tag, Encoding.UTF8.GetBytes(name));
        return new(from, nonce, cipher, tag);
    }

    /// <summary>Opens with the node's private key.</summary>
    /// <exception cref="CryptographicException">It was sealed to another node or under another name, or was changed.</exception>
    public static byte[] Open(string privateKeyPem, SealedEnvelope envelope, string name)
    {
        if (envelope.Tag.Length != TagBytes) throw new CryptographicException($"The seal of {name} has {envelope.Tag.Length} bytes instead of {TagBytes}."); // A shorter one is easier to forge.
        using var node = ECDiffieHellman.Create();
        node.ImportFromPem(privateKeyPem);
        using var once = ECDiffieHellman.Create();
        once.ImportSubjectPublicKeyInfo(envelope.From, out _);
        var plain = new byte[envelope.CipherText.Length];
        using var aes = new AesGcm(KeyOf(node, once.PublicKey, envelope.From, name), TagBytes);
        aes.Decrypt(envelope.Nonce, envelope.CipherText, envelope.Tag, plain, Encoding.UTF8.GetBytes(name));
        return plain;
    }

    private static byte[] KeyOf(ECDiffieHellman own, ECDiffieHellmanPublicKey other, byte[] from, string name)
    {
        var secret = own.DeriveRawSecretAgreement(other);
        try
        {
            return HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, KeyBytes, salt: from, info: Encoding.UTF8.GetBytes("holdfast sealed to node: " + name));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
