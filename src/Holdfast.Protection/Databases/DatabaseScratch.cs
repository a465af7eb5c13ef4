namespace Holdfast.Protection.Databases;

/// <summary>A folder for restored files that are wanted only for a while; gone when disposed.</summary>
internal sealed class DatabaseScratch : IDisposable
{
    private const string Prefix = "holdfast-scratch-";
    private const string LockName = "in-use";

    private readonly string _folder;
    private readonly FileStream _lock;

    private DatabaseScratch(string folder, FileStream held) => (_folder, _lock) = (folder, held);

    /// <summary>Gets the folder that becomes the data folder. It is not there yet.</summary>
    public string Data => Path.Combine(_folder, "data");

    /// <summary>Makes one below a folder, which must have room for the whole database, and removes those that a killed run left there.</summary>
    public static DatabaseScratch Below(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var left in Directory.EnumerateDirectories(folder, Prefix + "*"))
        {
            if (TryLock(left, FileMode.Open) is not { } abandoned) continue;
            using (abandoned) Directory.Delete(left, recursive: true);
        }

        var scratch = Path.Combine(Path.GetFullPath(folder), Prefix + Guid.NewGuid().ToString("n")[..8]);
        // The server's user must get through it, and need not see what is beside its files.
        Directory.CreateDirectory(scratch, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        return new(scratch, TryLock(scratch, FileMode.CreateNew) ?? throw new IOException($"'{scratch}' cannot be locked."));
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _lock.Dispose();
    }

    /// <summary>A file that is locked as long as it is open, however its process ends; null when it is open elsewhere, or not there.</summary>
    private static FileStream? TryLock(string scratch, FileMode mode)
    {
        try
        {
            return new FileStream(Path.Combine(scratch, LockName), mode, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
