using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Cluster;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Trust;

/// <summary>What a new node needs to trust the cluster and to be trusted by it: one text, usable once.</summary>
/// <param name="Id">Names the token's record in the store.</param>
/// <param name="Secret">Proves it; the store keeps only its hash.</param>
/// <param name="AuthorityFingerprint">SHA-256 of the cluster's authority, so that the new node cannot be lured elsewhere.</param>
/// <param name="Address">Where to ask, <c>host:port</c>.</param>
internal sealed record JoinToken(string Id, byte[] Secret, string AuthorityFingerprint, string Address)
{
    private const string Prefix = "hf1";
    private const int IdBytes = 6;
    private const int SecretBytes = 24;

    /// <summary>Makes a token.</summary>
    public static JoinToken Create(string authorityFingerprint, string address) =>
        new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), RandomNumberGenerator.GetBytes(SecretBytes), authorityFingerprint, address);

    /// <summary>The record that the store keeps of it.</summary>
    public TokenRecord ToRecord(DateTimeOffset expires) => new(SHA256.HashData(Secret), expires);

    /// <summary>Reads a token's text.</summary>
    /// <exception cref="HoldfastException">Code <c>token.malformed</c>.</exception>
    public static JoinToken Parse(string text)
    {
        var parts = text.Trim().Split('.');
        try
        {
            if (parts.Length == 5 && parts[0] == Prefix && Convert.FromHexString(parts[1]).Length == IdBytes && Convert.FromHexString(parts[2]) is { Length: SecretBytes } secret
                && Convert.FromHexString(parts[3]).Length == SHA256.HashSizeInBytes && Encoding.UTF8.GetString(Convert.FromHexString(parts[4])) is var address && IsAddress(address))
                return new(parts[1], secret, parts[3], address);
        }
        catch (FormatException)
        {
        }

        throw new HoldfastException(ErrorKind.Invalid, "token.malformed", "The join token cannot be read: it is not complete, or something was added to it.", "Copy it whole from 'holdfast cluster token'.");
    }

    private static bool IsAddress(string text) =>
        text.LastIndexOf(':') is > 0 and var colon && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;

    /// <inheritdoc/>
    public override string ToString() => string.Join('.', Prefix, Id, Convert.ToHexStringLower(Secret), AuthorityFingerprint, Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Address)));
}
