using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Checking;

/// <summary>Remembers when each pack of a vault was last read and found whole, in a small file: 40 bytes a pack. So a check of all data can stop and go on.</summary>
/// <remarks>Only ever a reason to read less: a file that is not there, is damaged or is another vault's is as good as none. Thread safe.</remarks>
public sealed class ReadHistory
{
    private const int EntryBytes = BlobId.Length + sizeof(long);

    private readonly string _path;
    private readonly byte[] _head;
    private readonly Dictionary<BlobId, long> _read = [];
    private readonly Lock _lock = new();

    private ReadHistory(string path, string vaultId)
    {
        _path = path;
        _head = SHA256.HashData(Encoding.UTF8.GetBytes("holdfast check 1 " + vaultId));
    }

    /// <summary>Reads the file, if there is a good one.</summary>
    public static ReadHistory Open(string path, string vaultId)
    {
        var history = new ReadHistory(path, vaultId);
        try
        {
            if (File.Exists(path)) history.Read(File.ReadAllBytes(path));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, refused);
        }

        return history;
    }

    /// <summary>When a pack was last found whole.</summary>
    public DateTimeOffset? LastRead(BlobId pack)
    {
        lock (_lock) return _read.TryGetValue(pack, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
    }

    /// <summary>Notes that a pack was found whole, or not to be: then it is read again next time.</summary>
    public void Note(BlobId pack, bool whole, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (whole) _read[pack] = now.ToUnixTimeSeconds();
            else _read.Remove(pack);
        }
    }

    /// <summary>Writes the file, without packs that are gone. Either the old or the new one is there whatever happens.</summary>
    public void Save(IReadOnlyDictionary<BlobId, long> packs)
    {
        lock (_lock)
        {
            foreach (var gone in _read.Keys.Where(pack => !packs.ContainsKey(pack)).ToList()) _read.Remove(gone);
            try
            {
                var partial = _path + ".new";
                File.WriteAllBytes(partial, Write());
                File.Move(partial, _path, overwrite: true);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                throw Refused(_path, refused);
            }
        }
    }

    private byte[] Write()
    {
        var content = new byte[_head.Length + (_read.Count * EntryBytes) + SHA256.HashSizeInBytes];
        _head.CopyTo(content, 0);
        var at = _head.Length;
        foreach (var (pack, seconds) in _read)
        {
            pack.CopyTo(content.AsSpan(at));
            BinaryPrimitives.WriteInt64BigEndian(content.AsSpan(at + BlobId.Length), seconds);
            at += EntryBytes;
        }

        SHA256.HashData(content.AsSpan(0, at), content.AsSpan(at));
        return content;
    }

    private void Read(byte[] content)
    {
        var end = content.Length - SHA256.HashSizeInBytes;
        if (end < _head.Length || (end - _head.Length) % EntryBytes != 0 || !content.AsSpan().StartsWith(_head)) return;
        if (!SHA256.HashData(content.AsSpan(0, end)).AsSpan().SequenceEqual(content.AsSpan(end))) return;
        for (var at = _head.Length; at < end; at += EntryBytes)
        {
            _read[new(content.AsSpan(at, BlobId.Length))] = BinaryPrimitives.ReadInt64BigEndian(content.AsSpan(at + BlobId.Length));
        }
    }

    private static HoldfastException Refused(string path, Exception refused) =>
        new(ErrorKind.Invalid, "check.history", $"What was read when cannot be kept in '{path}': {refused.Message}", "Name a file that can be written.", refused);
}
