namespace Holdfast.Protection.Databases;

/// <summary>Answers that several parts give.</summary>
internal static class DatabaseErrors
{
    public static HoldfastException Unreachable(string name, string said, Exception? inner = null) =>
        new(ErrorKind.Unavailable, "database.unreachable", $"The database '{name}' does not answer: {said}", "See that it is running, and that its folder and user are named.", inner);

    public static HoldfastException FolderNotEmpty(string folder) =>
        new(ErrorKind.Conflict, "database.folder-not-empty", $"The folder '{folder}' is not empty.", "Name a folder that is empty or not there: nothing is restored over a database.");

    public static HoldfastException FileExists(string file) => new(ErrorKind.Conflict, "file.exists", $"There is a file '{file}' already.", "Choose another name.");

    public static HoldfastException NoFolder(string file) => new(ErrorKind.NotFound, "file.no-folder", $"There is no folder for '{file}'.", "Make it, or name a file in one that is there.");

    public static HoldfastException Damaged(DatabaseSnapshot snapshot, string what) =>
        new(ErrorKind.Conflict, "database.backup-damaged", $"The backup {snapshot.Snapshot.ShortId} of '{snapshot.Facts.Name}' cannot be used: {what}.", "Take another with --base, and run: holdfast vault check");
}
