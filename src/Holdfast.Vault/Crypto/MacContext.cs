using System.Runtime.InteropServices;

namespace Holdfast.Vault.Crypto;

/// <summary>An <c>EVP_MAC_CTX</c> for Poly1305. For one thread at a time.</summary>
internal sealed unsafe class MacContext : SafeHandle
{
    // Fetching is a search through the library's providers: once a process. Never freed.
    private static readonly Lazy<nint> Poly1305 = new(() => LibCrypto.EVP_MAC_fetch(0, "POLY1305", 0) is not 0 and var mac ? mac
        : throw new InvalidOperationException("libcrypto has no POLY1305."));

    // Public: the marshaller makes one when a function returns it.
    public MacContext()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    public static MacContext Create()
    {
        var context = LibCrypto.EVP_MAC_CTX_new(Poly1305.Value);
        return context.IsInvalid ? throw new InvalidOperationException("libcrypto: EVP_MAC_CTX_new failed.") : context;
    }

    /// <summary>The tag of a message under a key that is used once: r, then what is added at the end.</summary>
    public void Compute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, Span<byte> tag)
    {
        fixed (byte* k = key) LibCrypto.Require(LibCrypto.EVP_MAC_init(this, k, (nuint)key.Length, 0), nameof(LibCrypto.EVP_MAC_init));
        if (!message.IsEmpty)
        {
            fixed (byte* m = message) LibCrypto.Require(LibCrypto.EVP_MAC_update(this, m, (nuint)message.Length), nameof(LibCrypto.EVP_MAC_update));
        }

        fixed (byte* t = tag) LibCrypto.Require(LibCrypto.EVP_MAC_final(this, t, out _, (nuint)tag.Length), nameof(LibCrypto.EVP_MAC_final));
    }

    protected override bool ReleaseHandle()
    {
        LibCrypto.EVP_MAC_CTX_free(handle);
        return true;
    }
}
