using System.Runtime.InteropServices;

namespace Holdfast.Vault.Crypto;

/// <summary>An <c>EVP_CIPHER_CTX</c> whose key stays scheduled from one message to the next. For one thread at a time.</summary>
internal sealed unsafe class CipherContext : SafeHandle
{
    // Public: the marshaller makes one when a function returns it.
    public CipherContext()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    public static CipherContext Create(nint cipher, ReadOnlySpan<byte> key)
    {
        var context = LibCrypto.EVP_CIPHER_CTX_new();
        fixed (byte* k = key) LibCrypto.Require(LibCrypto.EVP_EncryptInit_ex(context, cipher, 0, k, null), nameof(LibCrypto.EVP_EncryptInit_ex));
        LibCrypto.Require(LibCrypto.EVP_CIPHER_CTX_set_padding(context, 0), nameof(LibCrypto.EVP_CIPHER_CTX_set_padding));
        return context;
    }

    /// <summary>Begins a message: the key stays.</summary>
    public void Restart(ReadOnlySpan<byte> iv)
    {
        fixed (byte* i = iv) LibCrypto.Require(LibCrypto.EVP_EncryptInit_ex(this, 0, 0, null, i), nameof(LibCrypto.EVP_EncryptInit_ex));
    }

    /// <summary>Encrypts; the output is as long as the input, and may be the same memory.</summary>
    public void Update(ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (output.Length < input.Length) throw new ArgumentException("The output is shorter than the input.", nameof(output));
        if (input.IsEmpty) return;
        int written;
        fixed (byte* from = input, to = output) LibCrypto.Require(LibCrypto.EVP_EncryptUpdate(this, to, out written, from, input.Length), nameof(LibCrypto.EVP_EncryptUpdate));
        if (written != input.Length) throw new InvalidOperationException($"libcrypto wrote {written} of {input.Length} bytes.");
    }

    protected override bool ReleaseHandle()
    {
        LibCrypto.EVP_CIPHER_CTX_free(handle);
        return true;
    }
}
