using System.Runtime.InteropServices;

namespace Holdfast.Vault.Compression;

/// <summary>A <c>ZSTD_DCtx</c>. For one thread at a time.</summary>
internal sealed unsafe class DecompressionContext : SafeHandle
{
    private const int WindowLogMax = 100;
    private const int ResetSession = 1;

    // Public: the marshaller makes one when a function returns it.
    public DecompressionContext()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    public static DecompressionContext Create()
    {
        var context = LibZstd.ZSTD_createDCtx();
        // 128 MiB is what the reference tool takes too: a frame that asks for a larger window is an attempt on our memory.
        if (context.IsInvalid || LibZstd.ZSTD_isError(LibZstd.ZSTD_DCtx_setParameter(context, WindowLogMax, 27)) != 0)
        {
            throw new InvalidOperationException("libzstd offers no decompression.");
        }

        return context;
    }

    /// <summary>Decompresses what must fill the output exactly. False: it is damaged, or longer or shorter than that.</summary>
    public bool TryDecompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        fixed (byte* from = input, to = output)
        {
            var length = LibZstd.ZSTD_decompressDCtx(this, to, (nuint)output.Length, from, (nuint)input.Length);
            return LibZstd.ZSTD_isError(length) == 0 && length == (nuint)output.Length;
        }
    }

    /// <summary>Decompresses what says nowhere, or nowhere trusted, how long it is; null when it is damaged or longer than allowed.</summary>
    /// <remarks>Memory grows with what really comes out: a few bytes that claim gigabytes cost nothing.</remarks>
    public byte[]? TryDecompress(ReadOnlySpan<byte> input, int maxLength)
    {
        LibZstd.ZSTD_DCtx_reset(this, ResetSession);
        var output = new byte[(int)Math.Min(maxLength, Math.Max(4096, 4L * input.Length))];
        fixed (byte* from = input)
        {
            var source = new LibZstd.StreamBuffer { Data = from, Size = (nuint)input.Length };
            var written = 0;
            while (true)
            {
                nuint left;
                fixed (byte* to = output)
                {
                    var target = new LibZstd.StreamBuffer { Data = to, Size = (nuint)output.Length, Position = (nuint)written };
                    left = LibZstd.ZSTD_decompressStream(this, &target, &source);
                    written = (int)target.Position;
                }

                if (LibZstd.ZSTD_isError(left) != 0) return null;
                if (left == 0 && source.Position == source.Size)
                {
                    Array.Resize(ref output, written);
                    return output;
                }

                if (written < output.Length)
                {
                    if (source.Position == source.Size) return null; // It ends in the middle of a frame.
                    continue;
                }

                if (output.Length == maxLength) return null;
                Array.Resize(ref output, (int)Math.Min(maxLength, 2L * output.Length));
            }
        }
    }

    protected override bool ReleaseHandle() => LibZstd.ZSTD_freeDCtx(handle) == 0;
}
