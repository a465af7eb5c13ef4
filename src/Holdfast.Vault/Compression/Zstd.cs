using System.Collections.Concurrent;

namespace Holdfast.Vault.Compression;

/// <summary>Compression and decompression from any thread: contexts are lent out and come back.</summary>
internal sealed class Zstd(CompressionMode mode) : IDisposable
{
    private readonly ConcurrentBag<CompressionContext> _compressors = [];
    private readonly ConcurrentBag<DecompressionContext> _decompressors = [];

    /// <summary>Compresses into the output and returns the length, or 0 when it does not fit there.</summary>
    public int TryCompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var context = _compressors.TryTake(out var idle) ? idle : CompressionContext.Create(mode);
        var length = context.TryCompress(input, output);
        _compressors.Add(context);
        return length;
    }

    /// <summary>Decompresses what must fill the output exactly.</summary>
    public bool TryDecompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var context = _decompressors.TryTake(out var idle) ? idle : DecompressionContext.Create();
        var whole = context.TryDecompress(input, output);
        _decompressors.Add(context);
        return whole;
    }

    /// <summary>Decompresses at most so many bytes; null when it is damaged or longer.</summary>
    public byte[]? TryDecompress(ReadOnlySpan<byte> input, int maxLength)
    {
        var context = _decompressors.TryTake(out var idle) ? idle : DecompressionContext.Create();
        var output = context.TryDecompress(input, maxLength);
        _decompressors.Add(context);
        return output;
    }

    public void Dispose()
    {
        while (_compressors.TryTake(out var compressor)) compressor.Dispose();
        while (_decompressors.TryTake(out var decompressor)) decompressor.Dispose();
    }
}
