using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Holdfast.Vault.Backends;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Holdfast.Vault.Serving;

/// <summary>restic's REST protocol (its <c>doc/REST_backend.rst</c>), version 1 and 2, over directories.</summary>
/// <remarks>An upload becomes visible when all of it is on disk and its hash is its name; a file that exists is never overwritten.</remarks>
internal sealed class VaultEndpoints(VaultServerOptions options, VaultQuota quota)
{
    private const int PieceBytes = 128 << 10;

    public Task ServeAsync(HttpContext http, VaultRequestPath path)
    {
        var backend = new DirectoryBackend(Path.Join(options.DataDirectory, path.Vault));
        // A data directory that is gone is no vault that nobody made yet: the first is worth another try, the second is not.
        if (!Directory.Exists(options.DataDirectory)) throw DirectoryErrors.Gone(new DirectoryBackend(options.DataDirectory));
        if (path.Kind is not null && !Directory.Exists(backend.Location)) throw BackendErrors.Missing(backend, path.File);
        return (http.Request.Method, path) switch
        {
            ("POST", { Kind: null }) when http.Request.Query["create"] == "true" => backend.CreateAsync(http.RequestAborted),
            ("GET" or "HEAD", { IsListing: true }) => ListAsync(http, backend, path.Kind!.Value),
            ("GET" or "HEAD", { Kind: not null, IsListing: false }) => SendAsync(http, backend, path.File),
            ("POST", { Kind: not null, IsListing: false }) => ReceiveAsync(http, backend, path.File),
            ("DELETE", { Kind: not null, IsListing: false }) => RemoveAsync(http, backend, path.File),
            _ => Answer(http, StatusCodes.Status405MethodNotAllowed),
        };
    }

    private static async Task SendAsync(HttpContext http, DirectoryBackend backend, VaultFile file)
    {
        using var handle = await backend.OpenAsync(file, http.RequestAborted);
        var length = RandomAccess.GetLength(handle);
        var (offset, count) = (0L, length);
        if (Range(http.Request) is { } range)
        {
            (offset, count) = Within(range, length);
            http.Response.Headers.ContentRange = count > 0
                ? string.Create(CultureInfo.InvariantCulture, $"bytes {offset}-{offset + count - 1}/{length}")
                : string.Create(CultureInfo.InvariantCulture, $"bytes */{length}");
            http.Response.StatusCode = count > 0 ? StatusCodes.Status206PartialContent : StatusCodes.Status416RangeNotSatisfiable;
        }

        http.Response.Headers.AcceptRanges = "bytes";
        http.Response.ContentType = "application/octet-stream";
        http.Response.ContentLength = count;
        if (!HttpMethods.IsGet(http.Request.Method)) return;
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (count > 0)
            {
                var read = await RandomAccess.ReadAsync(handle, buffer.AsMemory(0, (int)Math.Min(count, buffer.Length)), offset, http.RequestAborted);
                if (read == 0) throw BackendErrors.TooShort(backend, file, offset + count);
                await http.Response.Body.WriteAsync(buffer.AsMemory(0, read), http.RequestAborted);
                offset += read;
                count -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task ReceiveAsync(HttpContext http, DirectoryBackend backend, VaultFile file)
    {
        // Packs have no bound in the format; what limits them is the quota and the disk, and memory is not used for them.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        var isHousekeeping = file.Kind is VaultFileKind.Lock or VaultFileKind.Index;
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        var (taken, written) = (0L, 0L);
        var isKept = false;
        try
        {
            // What is there already takes nothing: a client may send it again because it never saw our answer.
            var isThere = await backend.LengthAsync(file, http.RequestAborted) is not null;
            if (!isThere && http.Request.ContentLength is { } length && !Take(length)) throw BackendErrors.Full(backend);
            await using var upload = await backend.BeginUploadAsync(file, http.RequestAborted);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            int count;
            while ((count = await ReadAsync(http, file, buffer)) > 0)
            {
                if (!isThere && http.Request.ContentLength is null && !Take(count)) throw BackendErrors.Full(backend);
                hash.AppendData(buffer, 0, count);
                await upload.WriteAsync(buffer.AsMemory(0, count), http.RequestAborted);
                written += count;
            }

            if (file.Kind != VaultFileKind.Config && Convert.ToHexStringLower(hash.GetHashAndReset()) != file.Name)
            {
                throw new HoldfastException(ErrorKind.Invalid, "vault.damaged", $"What came for {file} is not what its name says.", "It was damaged on the way; send it again.");
            }

            // From here on it goes through even when the client hangs up: there is no half way back.
            isKept = await upload.CommitAsync(CancellationToken.None);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            quota.Give(taken - (isKept ? written : 0));
        }

        bool Take(long bytes)
        {
            if (!quota.TryTake(bytes, isHousekeeping)) return false;
            taken += bytes;
            return true;
        }
    }

    private static async Task<int> ReadAsync(HttpContext http, VaultFile file, byte[] buffer)
    {
        try
        {
            return await http.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, http.RequestAborted);
        }
        catch (IOException bad) when (bad is not (BadHttpRequestException or ConnectionResetException))
        {
            // The size of a chunk that is no number of bytes: the client's fault, not ours.
            throw new HoldfastException(ErrorKind.Invalid, "vault.damaged", $"What came for {file} cannot be read: {bad.Message}", "It was damaged on the way; send it again.", bad);
        }
    }

    private Task RemoveAsync(HttpContext http, DirectoryBackend backend, VaultFile file) =>
        options.AppendOnly && file.Kind != VaultFileKind.Lock ? Answer(http, StatusCodes.Status403Forbidden)
        : RemoveAnyAsync(http, backend, file);

    private async Task RemoveAnyAsync(HttpContext http, DirectoryBackend backend, VaultFile file)
    {
        if (await backend.LengthAsync(file, http.RequestAborted) is not { } length) throw BackendErrors.Missing(backend, file);
        if (await backend.TryRemoveAsync(file, http.RequestAborted)) quota.Give(length);
    }

    private static async Task ListAsync(HttpContext http, DirectoryBackend backend, VaultFileKind kind)
    {
        var isSecond = http.Request.Headers.Accept.ToString().Contains(RestProtocol.Version2, StringComparison.Ordinal);
        await using var entries = backend.ListAsync(kind, http.RequestAborted).GetAsyncEnumerator(http.RequestAborted);
        var has = await entries.MoveNextAsync(); // Before the head of the answer: a vault that is not there is 404.
        http.Response.ContentType = isSecond ? RestProtocol.Version2 : RestProtocol.Version1;
        if (HttpMethods.IsHead(http.Request.Method)) return;
        await RestProtocol.WriteListAsync(http.Response.BodyWriter, entries, has, isSecond, http.RequestAborted);
    }

    private static Task Answer(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static RangeItemHeaderValue? Range(HttpRequest request) =>
        RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var header) && header is { Unit: "bytes", Ranges.Count: 1 } ? header.Ranges.Single() : null;

    private static (long Offset, long Count) Within(RangeItemHeaderValue range, long length)
    {
        var offset = range.From ?? Math.Max(0, length - range.To!.Value);
        var end = range.From is null || range.To is not { } to || to >= length ? length : to + 1;
        return (offset, Math.Max(0, end - offset));
    }
}
