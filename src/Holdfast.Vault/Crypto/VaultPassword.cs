using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Vault.Crypto;

/// <summary>A password of a vault. Its bytes are zeroed when it is disposed.</summary>
public sealed class VaultPassword : IDisposable
{
    private readonly byte[] _bytes;
    private bool _disposed;

    /// <summary>From text, which cannot be zeroed: prefer <see cref="FromFile"/>.</summary>
    public VaultPassword(ReadOnlySpan<char> text)
    {
        // Pinned: a collection must not leave copies behind.
        _bytes = GC.AllocateUninitializedArray<byte>(Encoding.UTF8.GetByteCount(text), pinned: true);
        Encoding.UTF8.GetBytes(text, _bytes);
    }

    private VaultPassword(ReadOnlySpan<byte> bytes)
    {
        _bytes = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(_bytes);
    }

    /// <summary>Gets whether there is nothing in it.</summary>
    public bool IsEmpty => _bytes.Length == 0;

    /// <summary>Whether both are the same.</summary>
    public bool Matches(VaultPassword other) => CryptographicOperations.FixedTimeEquals(Bytes, other.Bytes);

    internal ReadOnlySpan<byte> Bytes => _disposed ? throw new ObjectDisposedException(nameof(VaultPassword)) : _bytes;

    /// <summary>Reads it from a file as restic does: the whole file, without white space around it and without a byte order mark.</summary>
    /// <exception cref="HoldfastException"><c>vault.password-file</c>: it cannot be read, is empty, or is longer than 64 KiB.</exception>
    public static VaultPassword FromFile(string path)
    {
        const int MaxBytes = 64 * 1024;
        var buffer = GC.AllocateUninitializedArray<byte>(MaxBytes + 1, pinned: true);
        try
        {
            int length;
            using (var file = File.OpenRead(path)) length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (length > MaxBytes) throw Refused(path, "it is longer than 64 KiB", null);
            ReadOnlySpan<byte> text = buffer.AsSpan(0, length);
            if (text.StartsWith("\uFEFF"u8)) text = text[3..];
            text = text.Trim(" \t\r\n\v\f"u8);
            return text.IsEmpty ? throw Refused(path, "it is empty", null) : new VaultPassword(text);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, refused.Message, refused);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_bytes);
    }

    /// <summary>Says nothing: a password must not end in a log.</summary>
    public override string ToString() => "(password)";

    private static HoldfastException Refused(string path, string why, Exception? inner) =>
        new(ErrorKind.Invalid, "vault.password-file", $"The password cannot be read from '{path}': {why.TrimEnd('.')}.", "Name a file with the password in it.", inner);
}
