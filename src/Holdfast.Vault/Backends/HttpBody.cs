using System.Net.Http.Headers;

namespace Holdfast.Vault.Backends;

/// <summary>Reads the bodies of answers.</summary>
internal static class HttpBody
{
    private const int PieceBytes = 128 << 10;

    /// <summary>Reads a whole file.</summary>
    public static async Task<byte[]> ReadAllAsync(IVaultBackend backend, VaultFile file, HttpResponseMessage response, StallGuard guard)
    {
        await using var body = await response.Content.ReadAsStreamAsync(guard.Token);
        if (response.Content.Headers.ContentLength is not { } length)
        {
            using var whole = new MemoryStream();
            await body.CopyToAsync(whole, guard.Token);
            return whole.ToArray();
        }

        if (length > Array.MaxLength) throw new HoldfastException(ErrorKind.Conflict, "vault.damaged", $"The file {file} of the vault {backend.Location} has {length} bytes, which no file of a vault has.");
        var content = new byte[length];
        return await FillAsync(body, content, guard) == content.Length ? content : throw BackendErrors.TooShort(backend, file, length);
    }

    /// <summary>Reads the answer to a request with <see cref="Range"/>.</summary>
    public static async Task ReadRangeAsync(IVaultBackend backend, VaultFile file, HttpResponseMessage response, long offset, Memory<byte> buffer, StallGuard guard)
    {
        // A server that knows no ranges, or a proxy in between, sends the file from its beginning: then the answer has no Content-Range.
        var from = response.Content.Headers.ContentRange?.From ?? 0;
        if (from > offset) throw BackendErrors.Unreachable(backend, $"it answered with bytes from {from} of {file}, not from {offset}.");
        await using var body = await response.Content.ReadAsStreamAsync(guard.Token);
        for (var skip = offset - from; skip > 0;)
        {
            var waste = new byte[Math.Min(skip, PieceBytes)];
            var count = await FillAsync(body, waste, guard);
            if (count == 0) throw BackendErrors.TooShort(backend, file, offset + buffer.Length);
            skip -= count;
        }

        if (await FillAsync(body, buffer, guard) < buffer.Length) throw BackendErrors.TooShort(backend, file, offset + buffer.Length);
    }

    public static RangeHeaderValue Range(long offset, int count) => new(offset, offset + count - 1);

    private static async Task<int> FillAsync(Stream body, Memory<byte> buffer, StallGuard guard)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            var count = await body.ReadAsync(buffer[filled..Math.Min(buffer.Length, filled + PieceBytes)], guard.Token);
            if (count == 0) break;
            filled += count;
            guard.Progress();
        }

        return filled;
    }
}
