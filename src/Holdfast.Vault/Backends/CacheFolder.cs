using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Holdfast.Vault.Backends;

/// <summary>The cache of one vault: files named by their hash, the time of the last use as the time of the last write.</summary>
/// <remarks>Nothing here throws for a disk that is full, read-only or gone, nor for another process that evicts at the same time.</remarks>
internal sealed class CacheFolder
{
    private const int ShareToCheckAfter = 16;
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromDays(1);

    private readonly VaultLayout _layout;
    private readonly long _budget;
    private readonly TimeProvider _time;

    // Packs are read in many pieces: each is hashed when this process first uses it, not for each piece.
    private readonly ConcurrentDictionary<VaultFile, long> _verified = [];
    private long _written;

    public CacheFolder(string path, long budget, TimeProvider time)
    {
        (_layout, _budget, _time) = (new(path), budget, time);
        Quietly(() =>
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Evict();
        });
    }

    /// <summary>A whole entry, or null when there is none that can be believed.</summary>
    public byte[]? Get(VaultFile file)
    {
        byte[]? content = null;
        Quietly(() =>
        {
            var path = _layout.PathOf(file);
            if (!File.Exists(path)) return;
            content = File.ReadAllBytes(path);
            if (IsOf(file, SHA256.HashData(content)))
            {
                File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);
                return;
            }

            content = null;
            File.Delete(path);
        });
        return content;
    }

    /// <summary>Fills a buffer from an entry; false when there is none that can be believed.</summary>
    public bool TryRead(VaultFile file, long offset, Span<byte> buffer)
    {
        try
        {
            var path = _layout.PathOf(file);
            if (!File.Exists(path)) return false;
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(handle);
            if (!_verified.TryGetValue(file, out var known) || known != length)
            {
                using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                if (!IsOf(file, SHA256.HashData(stream)))
                {
                    File.Delete(path);
                    return false;
                }

                _verified[file] = length;
                File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);
            }

            if (offset < 0 || offset + buffer.Length > length) return false;
            while (!buffer.IsEmpty)
            {
                var count = RandomAccess.Read(handle, buffer, offset);
                if (count == 0) return false;
                offset += count;
                buffer = buffer[count..];
            }

            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Keeps a file. It is not synced: what a loss of power tears is found by its hash.</summary>
    public void Put(VaultFile file, ReadOnlySpan<byte> content)
    {
        if (content.Length > _budget) return;
        var path = _layout.PathOf(file);
        var partial = $"{path}-tmp-{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(partial, content);
            File.SetLastWriteTimeUtc(partial, _time.GetUtcNow().UtcDateTime);
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Quietly(() => File.Delete(partial));
        }

        if (Interlocked.Add(ref _written, content.Length) <= _budget / ShareToCheckAfter) return;
        Interlocked.Exchange(ref _written, 0);
        Quietly(Evict);
    }

    public void Remove(VaultFile file)
    {
        _verified.TryRemove(file, out _);
        if (file.Kind != VaultFileKind.Config) Quietly(() => File.Delete(_layout.PathOf(file)));
    }

    // Down to a little less than the budget, so that what comes next does not make it look again at once.
    private void Evict()
    {
        var files = new DirectoryInfo(_layout.Root).EnumerateFiles("*", SearchOption.AllDirectories).Where(file => file.Exists).OrderBy(file => file.LastWriteTimeUtc).ToList();
        var tooOld = _time.GetUtcNow().UtcDateTime - LeftoverAge;
        var total = files.Sum(file => file.Length);
        var goal = total > _budget - (_budget / ShareToCheckAfter) ? _budget - (_budget / ShareToCheckAfter * 2) : total;
        foreach (var file in files)
        {
            var isLeftover = !VaultLayout.IsName(file.Name) && file.LastWriteTimeUtc < tooOld;
            if (total <= goal && !isLeftover) continue;
            total -= file.Length;
            file.Delete();
        }
    }

    private static bool IsOf(VaultFile file, byte[] hash) => Convert.ToHexStringLower(hash) == file.Name;

    private static void Quietly(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The cache is a convenience.
        }
    }
}
