using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Holdfast.Vault.Crypto;

namespace Holdfast.Vault.Repository;

/// <summary>Key files: a master key sealed with a password.</summary>
internal static class KeyFile
{
    private const string ScryptName = "scrypt";
    private const int SaltBytes = 64;

    /// <summary>Reads one; null when it is no key file, or asks for more of scrypt than is sane.</summary>
    public static KeyJson? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var key = JsonSerializer.Deserialize(json, VaultJson.Default.KeyJson);
            return key is { Kdf: ScryptName, Salt: not null, Data: not null } && ParametersOf(key).AreSane ? key : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static DateTimeOffset? CreatedOf(KeyJson key) =>
        DateTimeOffset.TryParse(key.Created, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var created) ? created : null;

    /// <summary>The master key; null when the password is another's.</summary>
    public static async Task<MasterKey?> OpenAsync(KeyJson key, VaultPassword password, CancellationToken cancellationToken)
    {
        using var derived = await Scrypt.DeriveAsync(password, key.Salt, ParametersOf(key), cancellationToken);
        var plain = derived.Open(key.Data);
        if (plain is null) return null;
        try
        {
            return Parse(plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    public static async Task<byte[]> CreateAsync(MasterKey master, VaultPassword password, ScryptParameters parameters, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        using var derived = await Scrypt.DeriveAsync(password, salt, parameters, cancellationToken);
        var plain = JsonSerializer.SerializeToUtf8Bytes(new MasterKeyJson(new(master.MacK.ToArray(), master.MacR.ToArray()), master.Encrypt.ToArray()), VaultJson.Written.MasterKeyJson);
        var key = new KeyJson
        {
            Created = now.ToString("o", CultureInfo.InvariantCulture),
            User = Environment.UserName,
            Host = HostName.Current,
            Kdf = ScryptName,
            N = parameters.N,
            R = parameters.R,
            P = parameters.P,
            Salt = salt,
            Data = derived.Seal(plain),
        };
        CryptographicOperations.ZeroMemory(plain);
        return JsonSerializer.SerializeToUtf8Bytes(key, VaultJson.Written.KeyJson);
    }

    private static ScryptParameters ParametersOf(KeyJson key) => new(key.N, key.R, key.P);

    private static MasterKey? Parse(ReadOnlySpan<byte> plain)
    {
        try
        {
            var json = JsonSerializer.Deserialize(plain, VaultJson.Default.MasterKeyJson);
            if (json is not { Encrypt.Length: MasterKey.EncryptBytes, Mac: { K.Length: MasterKey.MacBytes, R.Length: MasterKey.MacBytes } }) return null;
            Span<byte> parts = stackalloc byte[MasterKey.TotalBytes];
            json.Encrypt.CopyTo(parts);
            json.Mac.K.CopyTo(parts[MasterKey.EncryptBytes..]);
            json.Mac.R.CopyTo(parts[(MasterKey.EncryptBytes + MasterKey.MacBytes)..]);
            var key = new MasterKey(parts);
            CryptographicOperations.ZeroMemory(parts);
            return key;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
