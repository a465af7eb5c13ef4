using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Cluster;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Management.Approvals;

/// <summary>A request as it was sent, whole: what is approved is exactly this.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Route">The path below <c>/api/v1</c>, with parameters in braces.</param>
/// <param name="Path">The path as it was sent.</param>
/// <param name="Query">The query as it was sent, with its question mark; empty for none.</param>
/// <param name="Names">The parameters of the route.</param>
/// <param name="MediaType">Of the body; null for none.</param>
/// <param name="Body">The body; empty for none.</param>
internal sealed record AskedRequest(string Method, string Route, string Path, string Query, IReadOnlyDictionary<string, string> Names, string? MediaType, byte[] Body)
{
    /// <summary>The longest body that waits for a second person, in bytes: it is kept in the cluster's store until then.</summary>
    public const int LongestBody = 512 << 10;

    /// <summary>Reads a request, and leaves it as it was for whoever reads it next.</summary>
    public static async Task<AskedRequest> ReadAsync(HttpContext http, string route)
    {
        http.Request.EnableBuffering();
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        http.Request.Body.Position = 0;
        return new AskedRequest(http.Request.Method, route, http.Request.Path.Value ?? "", http.Request.QueryString.Value ?? "",
            http.Request.RouteValues.ToDictionary(item => item.Key, item => (string)item.Value!), http.Request.ContentType, body.ToArray());
    }

    /// <summary>What tells this request from every other: SHA-256 over all of it, hexadecimal.</summary>
    public string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{Method}\n{Path}\n{Query}\n{MediaType}\n")); // None of them can have a line's end in it.
        hash.AppendData(Body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>One parameter of the route.</summary>
    public string Name(string parameter) => Names[parameter];

    /// <summary>Reads the body as whoever carries it out will.</summary>
    /// <exception cref="HoldfastException">Code <c>request.invalid</c>.</exception>
    public T Read<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type) ?? throw new JsonException("The body is null.");
        }
        catch (JsonException exception)
        {
            throw new HoldfastException(ErrorKind.Invalid, "request.invalid", $"The request cannot be read: {exception.Message}", "Nothing was changed.", exception);
        }
    }
}
