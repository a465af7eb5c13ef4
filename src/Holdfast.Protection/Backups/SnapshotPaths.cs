namespace Holdfast.Protection.Backups;

/// <summary>Paths in a snapshot: absolute, with <c>/</c>.</summary>
internal static class SnapshotPaths
{
    public static string Join(string directory, string name) => directory == "/" ? "/" + name : string.Concat(directory, "/", name);
}
