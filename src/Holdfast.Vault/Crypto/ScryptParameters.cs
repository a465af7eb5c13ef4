namespace Holdfast.Vault.Crypto;

/// <summary>How hard it is to try a password: the parameters of scrypt (RFC 7914).</summary>
/// <param name="N">Cost in memory and time, a power of two above 1; memory is 128 · N · r bytes.</param>
/// <param name="R">Block size, at least 1.</param>
/// <param name="P">Repetitions, at least 1.</param>
public sealed record ScryptParameters(long N, int R, int P)
{
    /// <summary>More memory than this is not given to a key file, whatever it asks for.</summary>
    internal const long MaxMemoryBytes = 1L << 30;

    // About a minute of one core. A key file is not sealed: whoever can write to the vault could else make every open hang.
    private const long MaxWork = 1L << 27;

    /// <summary>Gets what a new key has when it is not measured: 32 MiB and about half a second on a core of 2020.</summary>
    public static ScryptParameters Default { get; } = new(32768, 8, 6);

    /// <summary>Gets whether scrypt takes these, within 1 GiB and about a minute.</summary>
    public bool AreSane =>
        N > 1 && (N & (N - 1)) == 0 && R >= 1 && P >= 1 && N <= MaxMemoryBytes / 128 && R <= MaxMemoryBytes / 128 / N && P <= MaxWork / N / R;
}
