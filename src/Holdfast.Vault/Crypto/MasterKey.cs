using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Holdfast.Vault.Crypto;

/// <summary>A vault's master key, or the key derived from a password, which has the same three parts. Thread safe; zeroed when disposed.</summary>
internal sealed class MasterKey : IDisposable
{
    public const int EncryptBytes = 32;
    public const int MacBytes = 16;
    public const int TotalBytes = EncryptBytes + (2 * MacBytes);

    private readonly byte[] _parts;
    private readonly ConcurrentBag<Sealer> _idle = [];

    /// <summary>From the AES-256 key, then k and r of Poly1305-AES.</summary>
    public MasterKey(ReadOnlySpan<byte> parts)
    {
        if (parts.Length != TotalBytes) throw new ArgumentException($"A key has {TotalBytes} bytes, not {parts.Length}.", nameof(parts));
        _parts = parts.ToArray();
    }

    public ReadOnlySpan<byte> Encrypt => _parts.AsSpan(0, EncryptBytes);

    public ReadOnlySpan<byte> MacK => _parts.AsSpan(EncryptBytes, MacBytes);

    public ReadOnlySpan<byte> MacR => _parts.AsSpan(EncryptBytes + MacBytes);

    public static MasterKey Random()
    {
        Span<byte> parts = stackalloc byte[TotalBytes];
        RandomNumberGenerator.Fill(parts);
        // Poly1305 ignores these bits of r; restic stores them cleared.
        for (var i = EncryptBytes + MacBytes; i < TotalBytes; i += 4)
        {
            parts[i + 3] &= 15;
            if (i > EncryptBytes + MacBytes) parts[i] &= 252;
        }

        var key = new MasterKey(parts);
        CryptographicOperations.ZeroMemory(parts);
        return key;
    }

    public void Seal(ReadOnlySpan<byte> plain, Span<byte> box)
    {
        var sealer = Rent();
        sealer.Seal(plain, box);
        _idle.Add(sealer);
    }

    public byte[] Seal(ReadOnlySpan<byte> plain)
    {
        var box = new byte[plain.Length + Sealer.Overhead];
        Seal(plain, box);
        return box;
    }

    public bool TryOpen(ReadOnlySpan<byte> box, Span<byte> plain)
    {
        var sealer = Rent();
        var opened = sealer.TryOpen(box, plain);
        _idle.Add(sealer);
        return opened;
    }

    /// <summary>Opens a box; null when it was not sealed with this key, or has changed.</summary>
    public byte[]? Open(ReadOnlySpan<byte> box)
    {
        if (box.Length < Sealer.Overhead) return null;
        var plain = new byte[box.Length - Sealer.Overhead];
        return TryOpen(box, plain) ? plain : null;
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var sealer)) sealer.Dispose();
        CryptographicOperations.ZeroMemory(_parts);
    }

    private Sealer Rent() => _idle.TryTake(out var sealer) ? sealer : new Sealer(Encrypt, MacK, MacR);
}
