using System.Security.Cryptography;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Crypto;

namespace Holdfast.Vault.Repository;

/// <summary>The keys of an opened vault. Each opens it alone; the master key in them is the same, so that a password changes without a blob being written anew.</summary>
public sealed class VaultKeys
{
    // More than restic tries; a vault with more is not in use by people.
    private const int MaxTried = 100;

    private readonly IVaultBackend _backend;
    private readonly MasterKey _master;
    private readonly TimeProvider _time;

    internal VaultKeys(IVaultBackend backend, MasterKey master, string current, TimeProvider time)
    {
        _backend = backend;
        _master = master;
        Current = current;
        _time = time;
    }

    /// <summary>Gets the name of the key whose password opened the vault.</summary>
    public string Current { get; private set; }

    /// <summary>The keys, the oldest first. Files that are none are left out.</summary>
    public async Task<IReadOnlyList<VaultKeyInfo>> ListAsync(CancellationToken cancellationToken)
    {
        var keys = new List<VaultKeyInfo>();
        await foreach (var entry in _backend.ListAsync(VaultFileKind.Key, cancellationToken))
        {
            if (await ReadAsync(_backend, entry, cancellationToken) is not { } key) continue;
            keys.Add(new(entry.File.Name, key.User ?? "", key.Host ?? "", KeyFile.CreatedOf(key), entry.File.Name == Current));
        }

        return [.. keys.OrderBy(key => key.Created).ThenBy(key => key.Name, StringComparer.Ordinal)];
    }

    /// <summary>Adds a key and returns its name.</summary>
    /// <param name="parameters">Null: measured, about half a second.</param>
    /// <exception cref="HoldfastException"><c>vault.password-empty</c>, or what the back end says.</exception>
    public Task<string> AddAsync(VaultPassword password, ScryptParameters? parameters, CancellationToken cancellationToken) =>
        AddAsync(_backend, _master, password, parameters, _time, cancellationToken);

    /// <summary>Removes a key, named by its first digits.</summary>
    /// <exception cref="HoldfastException"><c>vault.key-missing</c>, <c>vault.key-ambiguous</c>, <c>vault.key-in-use</c>: never the last way in.</exception>
    public async Task<string> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        await foreach (var entry in _backend.ListAsync(VaultFileKind.Key, cancellationToken))
        {
            if (entry.File.Name.StartsWith(name, StringComparison.Ordinal)) found.Add(entry.File.Name);
        }

        if (found.Count == 0 || name.Length == 0) throw VaultErrors.KeyMissing(_backend, name);
        if (found.Count > 1) throw VaultErrors.KeyAmbiguous(_backend, name);
        if (found[0] == Current) throw VaultErrors.KeyInUse(found[0]);
        await _backend.RemoveAsync(new(VaultFileKind.Key, found[0]), cancellationToken);
        return found[0];
    }

    /// <summary>Replaces the current key by one with another password.</summary>
    /// <remarks>The new one is written, and proven to open the vault, before the old one goes.</remarks>
    public async Task<string> ChangePasswordAsync(VaultPassword password, ScryptParameters? parameters, CancellationToken cancellationToken)
    {
        var added = await AddAsync(password, parameters, cancellationToken);
        var written = KeyFile.Read(await _backend.LoadAsync(new(VaultFileKind.Key, added), cancellationToken));
        using var proof = written is null ? null : await KeyFile.OpenAsync(written, password, cancellationToken);
        if (proof is null || !CryptographicOperations.FixedTimeEquals(proof.Encrypt, _master.Encrypt))
        {
            throw VaultErrors.Damaged(_backend, new(VaultFileKind.Key, added), "what was read back is not what was written; the old password stays");
        }

        var old = Current;
        Current = added;
        await _backend.RemoveAsync(new(VaultFileKind.Key, old), cancellationToken);
        return added;
    }

    internal static async Task<string> AddAsync(IVaultBackend backend, MasterKey master, VaultPassword password, ScryptParameters? parameters, TimeProvider time, CancellationToken cancellationToken)
    {
        if (password.IsEmpty) throw VaultErrors.EmptyPassword();
        var chosen = parameters ?? await Task.Factory.StartNew(() => Scrypt.Calibrate(time), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var file = await KeyFile.CreateAsync(master, password, chosen, time.GetLocalNow(), cancellationToken);
        var name = Convert.ToHexStringLower(SHA256.HashData(file));
        await backend.SaveAsync(new(VaultFileKind.Key, name), file, cancellationToken);
        return name;
    }

    /// <summary>Finds the key that a password opens.</summary>
    internal static async Task<(MasterKey Master, string Name)> FindAsync(IVaultBackend backend, VaultPassword password, CancellationToken cancellationToken)
    {
        var (tried, whole) = (0, 0);
        VaultFile? damaged = null;
        await foreach (var entry in backend.ListAsync(VaultFileKind.Key, cancellationToken))
        {
            if (tried == MaxTried) break;
            if (await LoadAsync(backend, entry, cancellationToken) is not { } content) continue;
            if (IsWhole(entry.File, content)) whole++;
            else damaged ??= entry.File;
            // Damaged ones too: what is damaged may be no more than the name of who made it.
            if (KeyFile.Read(content) is not { } key) continue;
            tried++;
            if (await KeyFile.OpenAsync(key, password, cancellationToken) is { } master) return (master, entry.File.Name);
        }

        // Who is told of a wrong password looks for another one for ever.
        throw damaged is { } file ? VaultErrors.KeyDamaged(backend, file, whole) : VaultErrors.WrongPassword(backend, tried);
    }

    /// <summary>Whether a key file is what was written: its name is its hash.</summary>
    internal static bool IsWhole(VaultFile file, ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content)) == file.Name;

    private static async Task<KeyJson?> ReadAsync(IVaultBackend backend, VaultFileEntry entry, CancellationToken cancellationToken) =>
        await LoadAsync(backend, entry, cancellationToken) is { } content ? KeyFile.Read(content) : null;

    private static async Task<byte[]?> LoadAsync(IVaultBackend backend, VaultFileEntry entry, CancellationToken cancellationToken)
    {
        // A key file has some 450 bytes.
        if (entry.Length > 64 * 1024) return null;
        try
        {
            return await backend.LoadAsync(entry.File, cancellationToken);
        }
        catch (HoldfastException gone) when (gone.Kind == ErrorKind.NotFound)
        {
            return null; // Removed since it was listed.
        }
    }
}
