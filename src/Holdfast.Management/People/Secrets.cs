using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Management.People;

/// <summary>Secrets that this service makes: of 256 bits, so that a plain hash of them is enough to keep.</summary>
internal static class Secrets
{
    // Without letters and digits that look alike: it is read aloud and typed.
    private const string Readable = "abcdefghjkmnpqrstuvwxyz23456789";

    public static string Make() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>A password that a person can type: 20 characters, 99 bits.</summary>
    public static string MakePassword() => string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Readable, 5)));

    public static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
