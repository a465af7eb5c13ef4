using System.Runtime.InteropServices;

namespace Holdfast.Vault.Crypto;

/// <summary>The few functions of OpenSSL 3 that .NET does not offer itself: AES in counter mode, Poly1305 and scrypt.</summary>
internal static unsafe partial class LibCrypto
{
    private const string Library = "libcrypto.so.3";

    // The ciphers are constants inside the library: never freed.
    [LibraryImport(Library)] internal static partial nint EVP_aes_256_ctr();
    [LibraryImport(Library)] internal static partial nint EVP_aes_128_ecb();

    [LibraryImport(Library)] internal static partial CipherContext EVP_CIPHER_CTX_new();
    [LibraryImport(Library)] internal static partial void EVP_CIPHER_CTX_free(nint context);
    [LibraryImport(Library)] internal static partial int EVP_CIPHER_CTX_set_padding(CipherContext context, int padding);
    [LibraryImport(Library)] internal static partial int EVP_EncryptInit_ex(CipherContext context, nint cipher, nint engine, byte* key, byte* iv);
    [LibraryImport(Library)] internal static partial int EVP_EncryptUpdate(CipherContext context, byte* output, out int written, byte* input, int length);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial nint EVP_MAC_fetch(nint library, string algorithm, nint properties);
    [LibraryImport(Library)] internal static partial MacContext EVP_MAC_CTX_new(nint mac);
    [LibraryImport(Library)] internal static partial void EVP_MAC_CTX_free(nint context);
    [LibraryImport(Library)] internal static partial int EVP_MAC_init(MacContext context, byte* key, nuint keyLength, nint parameters);
    [LibraryImport(Library)] internal static partial int EVP_MAC_update(MacContext context, byte* data, nuint length);
    [LibraryImport(Library)] internal static partial int EVP_MAC_final(MacContext context, byte* output, out nuint written, nuint capacity);

    [LibraryImport(Library)] internal static partial int EVP_PBE_scrypt(byte* password, nuint passwordLength, byte* salt, nuint saltLength, ulong n, ulong r, ulong p, ulong maxMemory, byte* key, nuint keyLength);

    /// <summary>OpenSSL's functions answer 1; anything else here means that memory ran out or the library is unfit.</summary>
    internal static void Require(int answer, string function)
    {
        if (answer != 1) throw new InvalidOperationException($"{Library}: {function} failed.");
    }
}
