using System.Runtime.InteropServices;
using Holdfast.Cluster;

namespace Holdfast.Store.Embedded;

/// <summary>Binds the SQLite provider to the library that the distribution keeps up to date, rather than to a copy of our own.</summary>
public static class SqliteLibrary
{
    private const string SharedObject = "libsqlite3.so.0";

    private static readonly Lazy<nint> Library = new(Bind);

    /// <summary>Makes SQLite usable in this process.</summary>
    /// <exception cref="HoldfastException"><c>store.sqlite-missing</c>.</exception>
    public static void Load() => _ = Library.Value;

    private static nint Bind()
    {
        if (!NativeLibrary.TryLoad(SharedObject, out var handle))
        {
            throw Missing(SharedObject);
        }

        NativeLibrary.SetDllImportResolver(typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly, (name, _, _) => name == "e_sqlite3" ? handle : 0);
        SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_e_sqlite3());
        return handle;
    }

    /// <summary>The answer when the library is not there.</summary>
    internal static HoldfastException Missing(string sharedObject) => new(
        ErrorKind.Unavailable, "store.sqlite-missing", $"The SQLite library {sharedObject} cannot be loaded.", "Install the package libsqlite3-0.");
}
