using System.Security.Cryptography;

namespace Holdfast.Vault.Crypto;

/// <summary>Makes keys of passwords.</summary>
internal static class Scrypt
{
    // 64 bytes are too many for a stack that other things share, and half a second too long for a thread of the pool: a thread of its own.
    public static Task<MasterKey> DeriveAsync(VaultPassword password, ReadOnlyMemory<byte> salt, ScryptParameters parameters, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.Factory.StartNew(() => Derive(password.Bytes, salt.Span, parameters), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .WaitAsync(cancellationToken);
    }

    public static MasterKey Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, ScryptParameters parameters)
    {
        if (!parameters.AreSane) throw new ArgumentException($"Not parameters of scrypt: {parameters}.", nameof(parameters));
        Span<byte> parts = stackalloc byte[MasterKey.TotalBytes];
        if (ScryptLanes.Take(parameters)) ScryptLanes.Derive(password, salt, parameters, parts);
        else DeriveByLibrary(password, salt, parameters, parts);
        var key = new MasterKey(parts);
        CryptographicOperations.ZeroMemory(parts);
        return key;
    }

    /// <summary>One lane after the other, on any machine and with any parameters.</summary>
    internal static unsafe void DeriveByLibrary(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, ScryptParameters parameters, Span<byte> key)
    {
        // An empty password is a null pointer to fixed, which the library takes for "no password, only check the parameters".
        var text = password.IsEmpty ? stackalloc byte[1] : password;
        int answer;
        fixed (byte* t = text, s = salt, k = key)
        {
            // Beside the table (128·N·r) there are blocks of 128·r·p and a little: twice the table is room enough for any sane set.
            answer = LibCrypto.EVP_PBE_scrypt(t, (nuint)password.Length, s, (nuint)salt.Length, (ulong)parameters.N, (ulong)parameters.R, (ulong)parameters.P,
                2 * (ulong)ScryptParameters.MaxMemoryBytes, k, (nuint)key.Length);
        }

        LibCrypto.Require(answer, nameof(LibCrypto.EVP_PBE_scrypt));
    }

    /// <summary>Parameters that take about half a second here, as restic does it: memory stays at 32 MiB, repetitions grow with the machine's speed.</summary>
    /// <remarks>Measured with one lane, though several are mixed at once: what a password is worth is who guesses it to pay, in all the lanes.</remarks>
    public static ScryptParameters Calibrate(TimeProvider time)
    {
        var once = ScryptParameters.Default with { P = 1 };
        var took = TimeSpan.MaxValue;
        // The fastest of three: what else the machine did at the time must not make a weak key.
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var began = time.GetTimestamp();
            Derive("calibration"u8, "calibration salt"u8, once).Dispose();
            if (time.GetElapsedTime(began) is var elapsed && elapsed < took) took = elapsed;
        }

        // Never weaker than p = 1, and not so strong that a slow machine which shares the vault waits for many seconds.
        return once with { P = took <= TimeSpan.Zero ? ScryptParameters.Default.P : (int)Math.Clamp(TimeSpan.FromMilliseconds(500) / took, 1, 16) };
    }
}
