using System.Runtime.InteropServices;

namespace Holdfast.Vault.Compression;

/// <summary>What of libzstd is used.</summary>
internal static unsafe partial class LibZstd
{
    private const string Library = "libzstd.so.1";

    internal const int CompressionLevel = 100;
    internal const int HashLog = 102;
    internal const int MinMatch = 105;

    [LibraryImport(Library)] internal static partial CompressionContext ZSTD_createCCtx();
    [LibraryImport(Library)] internal static partial nuint ZSTD_freeCCtx(nint context);
    [LibraryImport(Library)] internal static partial nuint ZSTD_CCtx_setParameter(CompressionContext context, int parameter, int value);
    [LibraryImport(Library)] internal static partial nuint ZSTD_compress2(CompressionContext context, byte* output, nuint capacity, byte* input, nuint length);

    [LibraryImport(Library)] internal static partial DecompressionContext ZSTD_createDCtx();
    [LibraryImport(Library)] internal static partial nuint ZSTD_freeDCtx(nint context);
    [LibraryImport(Library)] internal static partial nuint ZSTD_DCtx_setParameter(DecompressionContext context, int parameter, int value);
    [LibraryImport(Library)] internal static partial nuint ZSTD_DCtx_reset(DecompressionContext context, int directive);
    [LibraryImport(Library)] internal static partial nuint ZSTD_decompressDCtx(DecompressionContext context, byte* output, nuint capacity, byte* input, nuint length);
    [LibraryImport(Library)] internal static partial nuint ZSTD_decompressStream(DecompressionContext context, StreamBuffer* output, StreamBuffer* input);

    [LibraryImport(Library)] internal static partial uint ZSTD_isError(nuint code);
    [LibraryImport(Library)] private static partial nint ZSTD_getErrorName(nuint code);

    internal static string ErrorName(nuint code) => Marshal.PtrToStringUTF8(ZSTD_getErrorName(code)) ?? "unknown error";

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer, which look the same.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct StreamBuffer
    {
        public byte* Data;
        public nuint Size;
        public nuint Position;
    }
}
