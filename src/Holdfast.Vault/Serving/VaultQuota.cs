namespace Holdfast.Vault.Serving;

/// <summary>How many bytes are stored, and how many may be.</summary>
internal sealed class VaultQuota(long? limit, long used)
{
    private const int ReserveShare = 20;
    private long _used = used;

    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes bytes for a file before they are written.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="isHousekeeping">Locks and indexes: a full vault must be able to be pruned, so these may use a reserve.</param>
    public bool TryTake(long bytes, bool isHousekeeping)
    {
        var used = Interlocked.Add(ref _used, bytes);
        if (limit is not { } most || used <= most + (isHousekeeping ? most / ReserveShare : 0)) return true;
        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    public void Give(long bytes) => Interlocked.Add(ref _used, -bytes);

    /// <summary>Counts what a directory holds.</summary>
    public static VaultQuota Of(string directory, long? limit) => limit is null ? new(null, 0)
        : new(limit, new DirectoryInfo(directory).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.ReparsePoint }).Sum(file => file.Length));
}
