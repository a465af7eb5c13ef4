using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Vault.Serving;

/// <summary>Who may use a vault server, and which vaults: a file with one user a line, <c>NAME:HASH</c> or <c>NAME:HASH:PATH</c>; lines that begin with # are comments.</summary>
/// <remarks>
/// A user has the vaults below <c>/NAME/</c>, or below <c>/PATH/</c> when the line gives one: several users with one path share its vaults.
/// HASH is <c>pbkdf2-sha256$ITERATIONS$SALT$KEY</c>, salt and key in base64; not htpasswd's, since .NET has no bcrypt. <see cref="Line"/> writes a line.
/// </remarks>
public sealed class VaultUsers
{
    private const string Scheme = "pbkdf2-sha256";
    private const int Iterations = 600_000; // OWASP's figure for PBKDF2 with SHA-256 (2023).
    private const int MostIterations = 10_000_000;
    private const int SaltBytes = 16;
    private const int KeyBytes = 32;
    private static readonly byte[] NobodysSalt = RandomNumberGenerator.GetBytes(SaltBytes);

    private readonly Dictionary<string, User> _users;

    private VaultUsers(Dictionary<string, User> users) => _users = users;

    /// <summary>Reads a file of users.</summary>
    /// <exception cref="HoldfastException"><c>vault-server.users-invalid</c>, naming the line.</exception>
    public static VaultUsers Parse(string text)
    {
        var users = new Dictionary<string, User>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            if (line.Trim() is not { Length: > 0 } entry || entry.StartsWith('#')) continue;
            if (ParseLine(entry) is not { } user) throw Invalid($"Line {number} of the file of users is not NAME:HASH or NAME:HASH:PATH.");
            if (!users.TryAdd(user.Name, user)) throw Invalid($"Line {number} of the file of users names '{user.Name}' again.");
        }

        return new(users);
    }

    /// <summary>The line of a user.</summary>
    /// <param name="name">Letters, digits, <c>-_.@+</c>, not beginning with a dot.</param>
    /// <param name="password">Their password.</param>
    /// <param name="path">Where their vaults are, or null for <c>/NAME/</c>.</param>
    public static string Line(string name, string password, string? path = null)
    {
        if (!IsVaultPath(name) || name.Contains('/')) throw Invalid($"'{name}' cannot be a user's name; use letters, digits and - _ . @ +");
        if (path is not null && !IsVaultPath(path.Trim('/'))) throw Invalid($"'{path}' cannot be a path of vaults.");
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var key = Derive(password, salt, Iterations);
        return $"{name}:{Scheme}${Iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(key)}{(path is null ? "" : ":" + path.Trim('/'))}";
    }

    /// <summary>Checks a password; costs tenths of a second by intent, whether the user exists or not.</summary>
    /// <returns>Below which path the user's vaults are, or null when name and password do not fit.</returns>
    public string? Check(string name, string password)
    {
        if (!_users.TryGetValue(name, out var user))
        {
            Derive(password, NobodysSalt, Iterations);
            return null;
        }

        return CryptographicOperations.FixedTimeEquals(Derive(password, user.Salt, user.Iterations), user.Key) ? user.Path : null;
    }

    private static byte[] Derive(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, KeyBytes);

    private static User? ParseLine(string line)
    {
        if (line.Split(':') is not { Length: 2 or 3 } parts || parts[1].Split('$') is not [Scheme, var count, var saltText, var keyText]) return null;
        var path = parts.Length == 3 ? parts[2].Trim('/') : parts[0];
        var salt = new byte[64];
        var key = new byte[KeyBytes];
        return IsVaultPath(parts[0]) && !parts[0].Contains('/') && IsVaultPath(path)
            && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) && iterations is > 0 and <= MostIterations
            && Convert.TryFromBase64String(saltText, salt, out var saltLength) && saltLength >= SaltBytes
            && Convert.TryFromBase64String(keyText, key, out var keyLength) && keyLength == KeyBytes
            ? new User(parts[0], salt[..saltLength], key, iterations, path)
            : null;
    }

    private static bool IsVaultPath(string path) =>
        path.Length > 0 && VaultRequestPath.TryParse("/" + path + "/", out var parsed) && parsed.Kind is null && parsed.Vault == path;

    private static HoldfastException Invalid(string message) =>
        new(ErrorKind.Invalid, "vault-server.users-invalid", message, "Make a line with: holdfast vault-server user NAME");

    private sealed record User(string Name, byte[] Salt, byte[] Key, int Iterations, string Path);
}
