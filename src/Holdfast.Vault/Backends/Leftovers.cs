namespace Holdfast.Vault.Backends;

/// <summary>What a killed writer leaves in a directory: a file under its partial name, <c>NAME-tmp-…</c>, as restic calls it too.</summary>
internal static class Leftovers
{
    private const string Mark = "-tmp-";

    // Locks and keys are written by whoever holds no lock: nobody's exclusive lock proves that no writer is at work on them.
    private static readonly TimeSpan UnlockedGrace = TimeSpan.FromDays(1);

    /// <summary>Whether a file is one.</summary>
    public static bool Is(string fileName) =>
        fileName.IndexOf(Mark, StringComparison.Ordinal) is var at and > 0 && (fileName[..at] == "config" || VaultLayout.IsName(fileName[..at]));

    /// <summary>Removes those of one folder; how many.</summary>
    public static int Remove(string folder, DateTimeOffset writtenBefore, CancellationToken cancellationToken)
    {
        var limit = Path.GetFileName(folder) is "locks" or "keys" ? writtenBefore - UnlockedGrace : writtenBefore;
        var removed = 0;
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*" + Mark + "*").Where(file => Is(file.Name) && file.LastWriteTimeUtc < limit))
        {
            cancellationToken.ThrowIfCancellationRequested();
            file.Delete();
            removed++;
        }

        return removed;
    }
}
