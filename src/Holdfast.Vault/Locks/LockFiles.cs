using System.Text.Json;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Repository;

namespace Holdfast.Vault.Locks;

/// <summary>The lock files of a vault.</summary>
internal static class LockFiles
{
    /// <summary>Reads all locks. One that is gone meanwhile, or cannot be read, is left out: restic does the same, and a torn lock was never taken.</summary>
    public static async Task<IReadOnlyList<(string Name, LockRecord Record)>> ListAsync(VaultRepository vault, CancellationToken cancellationToken)
    {
        List<(string, LockRecord)> locks = [];
        await foreach (var entry in vault.Backend.ListAsync(VaultFileKind.Lock, cancellationToken))
        {
            try
            {
                var json = await vault.LoadUnpackedAsync(entry.File, cancellationToken);
                if (JsonSerializer.Deserialize(json, LockJsonContext.Default.LockRecord) is { } record) locks.Add((entry.File.Name, record));
            }
            catch (HoldfastException gone) when (gone.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
            {
            }
            catch (JsonException)
            {
            }
        }

        return locks;
    }

    public static Task<string> SaveAsync(VaultRepository vault, LockRecord record, CancellationToken cancellationToken) =>
        vault.SaveUnpackedAsync(VaultFileKind.Lock, JsonSerializer.SerializeToUtf8Bytes(record, LockJsonContext.Default.LockRecord), cancellationToken);

    public static Task RemoveAsync(VaultRepository vault, string name, CancellationToken cancellationToken) =>
        vault.Backend.RemoveAsync(new(VaultFileKind.Lock, name), cancellationToken);
}
