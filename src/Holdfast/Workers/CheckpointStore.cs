using System.Text.Json;
using Holdfast.Protection.Backups;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Repository;

namespace Holdfast.Cli.Workers;

/// <summary>
/// Checkpoints of backups between a vault and the cluster's store. A large file's list of blobs can be megabytes: that is kept in the vault as blobs no snapshot holds. A prune
/// takes them, and then the run only reads more again.
/// </summary>
internal static class CheckpointStore
{
    private const int LargestHere = 24 * 1024;
    private const int PartLength = 1024 * 1024;

    /// <summary>Writes one; what it names is in the vault when this returns.</summary>
    public static async Task<JsonElement> WriteAsync(VaultRepository vault, BackupCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var whole = JsonSerializer.SerializeToUtf8Bytes(checkpoint, BackupCheckpointJson.Default.BackupCheckpoint);
        if (whole.Length <= LargestHere) return JsonSerializer.SerializeToElement(new StoredCheckpoint(checkpoint, null), BackupCheckpointJson.Default.StoredCheckpoint);
        List<BlobId> blobs = [];
        for (var at = 0; at < whole.Length; at += PartLength)
            blobs.Add((await vault.SaveAsync(BlobKind.Data, whole.AsMemory(at, Math.Min(PartLength, whole.Length - at)), cancellationToken)).Id);
        await vault.FlushAsync(cancellationToken);
        return JsonSerializer.SerializeToElement(new StoredCheckpoint(null, blobs), BackupCheckpointJson.Default.StoredCheckpoint);
    }

    /// <summary>Reads one; null when it cannot be read any more: then the run begins anew, and what it saved before is found in the vault.</summary>
    public static async Task<BackupCheckpoint?> ReadAsync(VaultRepository vault, JsonElement? told, CancellationToken cancellationToken)
    {
        try
        {
            if (told is not { ValueKind: JsonValueKind.Object } element || element.Deserialize(BackupCheckpointJson.Default.StoredCheckpoint) is not { } stored) return null;
            if (stored.Blobs is not { } blobs) return stored.Here;
            using var whole = new MemoryStream();
            foreach (var blob in blobs) whole.Write(await vault.LoadAsync(BlobKind.Data, blob, cancellationToken));
            return JsonSerializer.Deserialize(whole.ToArray(), BackupCheckpointJson.Default.BackupCheckpoint);
        }
        catch (Exception gone) when (gone is JsonException or HoldfastException { Kind: ErrorKind.NotFound or ErrorKind.Conflict })
        {
            return null;
        }
    }
}
