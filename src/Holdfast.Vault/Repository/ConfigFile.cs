using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Chunking;
using Holdfast.Vault.Crypto;

namespace Holdfast.Vault.Repository;

/// <summary>The config file: sealed JSON, never compressed.</summary>
internal static class ConfigFile
{
    private const int MaxBytes = 64 * 1024;

    public static VaultConfig New(VaultInitOptions options) =>
        new(options.Version, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), options.ChunkerPolynomial ?? Chunker.RandomPolynomial());

    public static byte[] Write(VaultConfig config, MasterKey key) =>
        key.Seal(JsonSerializer.SerializeToUtf8Bytes(new ConfigJson(config.Version, config.Id, config.ChunkerPolynomial.ToString("x", CultureInfo.InvariantCulture)), VaultJson.Written.ConfigJson));

    public static VaultConfig Read(IVaultBackend backend, ReadOnlySpan<byte> file, MasterKey key)
    {
        var plain = file.Length <= MaxBytes ? key.Open(file) : null;
        if (plain is null) throw VaultErrors.Damaged(backend, VaultFile.Config, "it was not sealed with this vault's key");
        return Parse(plain, out var version) ?? throw (version > VaultConfig.NewestVersion
            ? VaultErrors.TooNew(backend, version)
            : VaultErrors.Damaged(backend, VaultFile.Config, "it has no version, id or polynomial that makes sense"));
    }

    /// <summary>Null: it makes no sense, or its version is not known.</summary>
    public static VaultConfig? Parse(ReadOnlySpan<byte> json, out int version)
    {
        version = 0;
        try
        {
            if (JsonSerializer.Deserialize(json, VaultJson.Default.ConfigJson) is not { Id: not null, ChunkerPolynomial: not null } config) return null;
            version = config.Version;
            return version is >= 1 and <= VaultConfig.NewestVersion
                && ulong.TryParse(config.ChunkerPolynomial, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var polynomial) && Chunker.IsSound(polynomial)
                ? new(version, config.Id, polynomial)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
