using Microsoft.Win32.SafeHandles;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>The folder in which PostgreSQL's <c>archive_command</c> leaves the log until a log backup has stored it.</summary>
/// <param name="folder">The folder, on the machine of the server.</param>
public sealed class WalSpool(string folder)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int CompareBytes = 1 << 20;

    /// <summary>Gets the folder.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>Copies a file into the spool; when it returns, the copy survives a loss of power. The same file again changes nothing.</summary>
    /// <exception cref="HoldfastException"><c>database.archive-name</c>, <c>database.archive-differs</c>, <c>database.archive-failed</c>.</exception>
    public void Archive(string file, string? name = null)
    {
        name ??= Path.GetFileName(file);
        if (!WalFiles.IsArchived(name)) throw new HoldfastException(ErrorKind.Invalid, "database.archive-name", $"'{name}' is no name of a file that PostgreSQL archives.", "Write: archive_command = 'holdfast database archive --spool FOLDER %p'");
        var target = Path.Combine(Folder, name);
        // Hidden, and its own for each attempt: one that died leaves a file that nobody takes for a segment.
        var partial = Path.Combine(Folder, $".{name}.{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(Folder, OwnerOnly | UnixFileMode.UserExecute);
            foreach (var left in Directory.EnumerateFiles(Folder, $".{name}.*")) File.Delete(left);
            if (!File.Exists(target))
            {
                Copy(file, partial);
                // Hard-linked into place: unlike a rename it never replaces what another attempt has put there.
                if (!DurableNames.TryLink(partial, target) && !SameContent(file, target)) throw Differs(name);
                File.Delete(partial);
            }
            else if (!SameContent(file, target))
            {
                throw Differs(name);
            }

            DurableNames.Sync(Folder);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new HoldfastException(ErrorKind.Unavailable, "database.archive-failed", $"'{name}' cannot be copied to '{Folder}': {failed.Message}", "PostgreSQL keeps the file and asks again.", failed);
        }
    }

    /// <summary>The files that are whole, in the order of their names: timeline by timeline, segment by segment.</summary>
    public IReadOnlyList<string> List() =>
        Directory.Exists(Folder) ? [.. Directory.EnumerateFiles(Folder).Select(path => Path.GetFileName(path)).Where(WalFiles.IsArchived).Order(StringComparer.Ordinal)] : [];

    /// <summary>Where a file of the spool is.</summary>
    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Removes files that are stored elsewhere now.</summary>
    public void Remove(IEnumerable<string> names)
    {
        foreach (var name in names) File.Delete(PathOf(name));
        DurableNames.Sync(Folder);
    }

    private static void Copy(string from, string to)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
        using var target = new FileStream(to, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly, BufferSize = 0 });
        source.CopyTo(target, CompareBytes);
        target.Flush(flushToDisk: true);
        // When it was last written to tells a restore which transactions are in it; when it was copied does not.
        File.SetLastWriteTimeUtc(target.SafeFileHandle, File.GetLastWriteTimeUtc(source.SafeFileHandle));
    }

    private static bool SameContent(string one, string other)
    {
        using var first = File.OpenHandle(one, options: FileOptions.SequentialScan);
        using var second = File.OpenHandle(other, options: FileOptions.SequentialScan);
        if (RandomAccess.GetLength(first) != RandomAccess.GetLength(second)) return false;
        byte[] a = new byte[CompareBytes], b = new byte[CompareBytes];
        for (long at = 0; ;)
        {
            var read = Fill(first, a, at);
            if (read != Fill(second, b, at) || !a.AsSpan(0, read).SequenceEqual(b.AsSpan(0, read))) return false;
            if (read == 0) break;
            at += read;
        }

        // An earlier attempt may have died before its copy was on the disk.
        using var durable = new FileStream(other, FileMode.Open, FileAccess.ReadWrite);
        durable.Flush(flushToDisk: true);
        return true;
    }

    private static int Fill(SafeFileHandle file, byte[] buffer, long at)
    {
        var length = 0;
        for (int read; length < buffer.Length && (read = RandomAccess.Read(file, buffer.AsSpan(length), at + length)) > 0;) length += read;
        return length;
    }

    private HoldfastException Differs(string name) =>
        new(ErrorKind.Conflict, "database.archive-differs", $"'{name}' is in '{Folder}' already with another content.", "Two servers write the same timeline, or the spool is another database's: give each its own folder.");
}
