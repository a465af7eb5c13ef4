using System.Runtime.InteropServices;

namespace Holdfast.Vault.Compression;

/// <summary>A <c>ZSTD_CCtx</c>: its tables are made once and used for one content after the other. For one thread at a time.</summary>
internal sealed unsafe class CompressionContext : SafeHandle
{
    // Public: the marshaller makes one when a function returns it.
    public CompressionContext()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    public static CompressionContext Create(int level)
    {
        var context = LibZstd.ZSTD_createCCtx();
        if (context.IsInvalid || LibZstd.ZSTD_isError(LibZstd.ZSTD_CCtx_setParameter(context, LibZstd.CompressionLevel, level)) != 0)
        {
            throw new InvalidOperationException($"libzstd offers no compression at level {level}.");
        }

        return context;
    }

    /// <summary>Compresses into the output and returns the length, or 0 when it does not fit.</summary>
    public int TryCompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        fixed (byte* from = input, to = output)
        {
            var length = LibZstd.ZSTD_compress2(this, to, (nuint)output.Length, from, (nuint)input.Length);
            // The only error that a whole content in memory can meet is an output that is too short.
            return LibZstd.ZSTD_isError(length) != 0 ? 0 : (int)length;
        }
    }

    protected override bool ReleaseHandle() => LibZstd.ZSTD_freeCCtx(handle) == 0;
}
