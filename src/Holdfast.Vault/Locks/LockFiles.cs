using System.Text.Encodings.Web;
using System.Text.Json;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Repository;

namespace Holdfast.Vault.Locks;

/// <summary>The lock files of a vault.</summary>
internal static class LockFiles
{
    // restic takes a time as it stands in the file: one with \u002B in it is none to it.
    private static readonly LockJsonContext Json = new(new JsonSerializerOptions(LockJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Reads all locks. One that is gone meanwhile, or cannot be read, is left out: restic does the same, and a torn lock was never taken.</summary>
    public static async Task<IReadOnlyList<(string Name, LockRecord Record)>> ListAsync(VaultRepository vault, CancellationToken cancellationToken)
    {
        List<(string, LockRecord)> locks = [];
        await foreach (var entry in vault.Backend.ListAsync(VaultFileKind.Lock, cancellationToken))
        {
            try
            {
                var json = await vault.LoadUnpackedAsync(entry.File, cancellationToken);
                if (JsonSerializer.Deserialize(json, Json.LockRecord) is { } record) locks.Add((entry.File.Name, record));
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
        vault.SaveUnpackedAsync(VaultFileKind.Lock, JsonSerializer.SerializeToUtf8Bytes(record, Json.LockRecord), cancellationToken);

    public static Task RemoveAsync(VaultRepository vault, string name, CancellationToken cancellationToken) =>
        vault.Backend.RemoveAsync(new(VaultFileKind.Lock, name), cancellationToken);
}
