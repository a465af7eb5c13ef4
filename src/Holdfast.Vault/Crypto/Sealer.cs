using System.Security.Cryptography;

namespace Holdfast.Vault.Crypto;

/// <summary>Seals and opens bytes as restic does (design.rst, "Keys, Encryption and MAC"): nonce, AES-256-CTR ciphertext, Poly1305-AES tag. For one thread at a time.</summary>
internal sealed class Sealer : IDisposable
{
    public const int NonceBytes = 16;
    public const int TagBytes = 16;
    public const int Overhead = NonceBytes + TagBytes;

    private readonly CipherContext _stream;
    private readonly CipherContext _block;
    private readonly MacContext _mac = MacContext.Create();
    private readonly byte[] _r;

    public Sealer(ReadOnlySpan<byte> encrypt, ReadOnlySpan<byte> macK, ReadOnlySpan<byte> macR)
    {
        _stream = CipherContext.Create(LibCrypto.EVP_aes_256_ctr(), encrypt);
        _block = CipherContext.Create(LibCrypto.EVP_aes_128_ecb(), macK);
        _r = macR.ToArray();
    }

    /// <summary>Seals under a fresh random nonce; <paramref name="box"/> is <see cref="Overhead"/> longer than the content.</summary>
    public void Seal(ReadOnlySpan<byte> plain, Span<byte> box)
    {
        if (box.Length != plain.Length + Overhead) throw new ArgumentException($"A box of {plain.Length + Overhead} bytes is needed, not {box.Length}.", nameof(box));
        var nonce = box[..NonceBytes];
        RandomNumberGenerator.Fill(nonce);
        var cipher = box[NonceBytes..^TagBytes];
        _stream.Restart(nonce);
        _stream.Update(plain, cipher);
        Tag(nonce, cipher, box[^TagBytes..]);
    }

    /// <summary>Opens a box into memory <see cref="Overhead"/> shorter. False: it was not sealed with this key, or a bit of it has changed; nothing was written then.</summary>
    public bool TryOpen(ReadOnlySpan<byte> box, Span<byte> plain)
    {
        if (box.Length < Overhead) return false;
        if (plain.Length != box.Length - Overhead) throw new ArgumentException($"{box.Length - Overhead} bytes are needed, not {plain.Length}.", nameof(plain));
        var nonce = box[..NonceBytes];
        var cipher = box[NonceBytes..^TagBytes];
        Span<byte> tag = stackalloc byte[TagBytes];
        Tag(nonce, cipher, tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, box[^TagBytes..])) return false;
        _stream.Restart(nonce);
        _stream.Update(cipher, plain);
        return true;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_r);
        _stream.Dispose();
        _block.Dispose();
        _mac.Dispose();
    }

    private void Tag(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> cipher, Span<byte> tag)
    {
        // Poly1305-AES: r is part of the key; what is added at the end is the nonce, encrypted with k. The library clamps r.
        Span<byte> once = stackalloc byte[32];
        _r.CopyTo(once);
        _block.Update(nonce, once[16..]);
        _mac.Compute(once, cipher, tag);
    }
}
