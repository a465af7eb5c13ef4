namespace Holdfast.Protection.Databases;

/// <summary>A folder for restored files that are wanted only for a while; gone when disposed.</summary>
internal sealed class DatabaseScratch : IDisposable
{
    private readonly string _folder;

    private DatabaseScratch(string folder) => _folder = folder;

    /// <summary>Gets the folder that becomes the data folder. It is not there yet.</summary>
    public string Data => Path.Combine(_folder, "data");

    /// <summary>Makes one below a folder; that must have room for the whole database.</summary>
    public static DatabaseScratch Below(string folder)
    {
        Directory.CreateDirectory(folder);
        var scratch = Path.Combine(Path.GetFullPath(folder), "holdfast-scratch-" + Guid.NewGuid().ToString("n")[..8]);
        // The server's user must get through it, and need not see what is beside its files.
        Directory.CreateDirectory(scratch, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        return new(scratch);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
