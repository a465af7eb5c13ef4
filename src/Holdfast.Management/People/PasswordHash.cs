using System.Globalization;
using System.Security.Cryptography;

namespace Holdfast.Management.People;

/// <summary>Passwords as they are kept: <c>pbkdf2-sha256$ROUNDS$SALT$HASH</c> (RFC 8018 section 5.2; rounds as OWASP's password storage sheet has them).</summary>
internal static class PasswordHash
{
    private const string Kind = "pbkdf2-sha256";
    private const int Rounds = 600_000;
    private const int Bytes = 32;

    /// <summary>What a sign-in under a name that does not exist is compared with, so that it takes as long as any.</summary>
    public static string OfNobody { get; } = $"{Kind}${Rounds}${Convert.ToBase64String(new byte[16])}${Convert.ToBase64String(new byte[Bytes])}";

    public static string Make(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return $"{Kind}${Rounds.ToString(CultureInfo.InvariantCulture)}${Convert.ToBase64String(salt)}${Convert.ToBase64String(Derive(password, salt, Rounds))}";
    }

    public static bool Matches(string kept, string password) =>
        kept.Split('$') is [Kind, var rounds, var salt, var hash] && CryptographicOperations.FixedTimeEquals(Derive(password, Convert.FromBase64String(salt), int.Parse(rounds, CultureInfo.InvariantCulture)), Convert.FromBase64String(hash));

    private static byte[] Derive(string password, byte[] salt, int rounds) => Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, HashAlgorithmName.SHA256, Bytes);
}
