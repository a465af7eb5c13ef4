namespace Holdfast.Vault.Chunking;

/// <summary>What one step of the rolling hash looks up, for one polynomial: 4 KiB, which stay in the first-level cache.</summary>
internal sealed class RabinTables
{
    /// <summary>The length of the window in bytes.</summary>
    public const int Window = 64;

    /// <summary>How far a digest is shifted to find the byte that leaves at the top.</summary>
    public const int TopShift = Polynomial.ChunkerDegree - 8;

    public RabinTables(Polynomial polynomial)
    {
        for (var value = 0; value < 256; value++)
        {
            var shifted = new Polynomial((ulong)value << Polynomial.ChunkerDegree);
            // Exclusive-or with this clears the eight bits above the degree and adds what they are worth below it.
            Reduce[value] = shifted.Mod(polynomial).Bits | shifted.Bits;
        }

        for (var value = 0; value < 256; value++)
        {
            // What a byte is worth when it has been pushed along by the whole window, plus the one step in which it leaves: the hash is linear,
            // so it may be taken out after that step instead of before it, off the critical path.
            var digest = (ulong)value;
            for (var i = 0; i < Window; i++) digest = Push(digest, 0);
            Leave[value] = digest;
        }
    }

    /// <summary>By the eight bits that a step shifts out at the top.</summary>
    public ulong[] Reduce { get; } = new ulong[256];

    /// <summary>By the byte that leaves the window.</summary>
    public ulong[] Leave { get; } = new ulong[256];

    /// <summary>Takes a byte in.</summary>
    public ulong Push(ulong digest, byte value) => ((digest << 8) | value) ^ Reduce[(byte)(digest >> TopShift)];
}
