using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Backups;

/// <summary>What of a backup is open: directories with entries to come and files that are being read. From it checkpoints are made.</summary>
internal sealed class BackupState
{
    // Above that many trees for one directory its entries are written into one: a state that stays small, for each entry written some times.
    private const int MaxTreesOfDirectory = 64;

    private readonly Lock _lock = new();
    private readonly HashSet<OpenDirectory> _directories = [];
    private readonly Dictionary<(OpenDirectory Directory, int Slot), (string Path, FileVersion Version, ContentProgress Progress)> _files = [];
    private long _savedBytes;

    public void Open(OpenDirectory directory)
    {
        lock (_lock) _directories.Add(directory);
    }

    public void Open(FileJob file, FileVersion version, ContentProgress progress)
    {
        lock (_lock) _files.Add((file.Directory, file.Slot), (file.SnapshotPath, version, progress));
    }

    /// <summary>An entry is saved: in one moment no checkpoint has the open one any more and the next has the saved one.</summary>
    /// <returns>Whether it was the directory's last.</returns>
    /// <param name="directory">The directory.</param>
    /// <param name="slot">The entry's place in it.</param>
    /// <param name="node">The entry, or null when it cannot be saved.</param>
    /// <param name="readBytes">What of it was read and saved at once, without being open here.</param>
    /// <param name="closed">The directory that the entry is.</param>
    public bool Complete(OpenDirectory directory, int slot, Vault.Trees.Node? node, long readBytes = 0, OpenDirectory? closed = null)
    {
        lock (_lock)
        {
            if (closed is not null) _directories.Remove(closed);
            _savedBytes += readBytes;
            if (_files.Count > 0 && _files.Remove((directory, slot), out var file)) _savedBytes += file.Progress.Saved().ReadBytes;
            return directory.Complete(slot, node, remember: true);
        }
    }

    /// <summary>What is open now.</summary>
    public Capture Take()
    {
        lock (_lock)
        {
            var saved = _savedBytes;
            List<FileCheckpoint> files = [];
            foreach (var (path, version, progress) in _files.Values)
            {
                var (offset, content, readBytes) = progress.Saved();
                saved += readBytes;
                if (content.Length > 0) files.Add(new(path, version, offset, content));
            }

            List<(OpenDirectory, IReadOnlyList<Vault.Trees.Node>, IReadOnlyList<BlobId>)> directories = [];
            foreach (var directory in _directories)
            {
                var (fresh, earlier) = directory.TakeFresh(MaxTreesOfDirectory);
                if (fresh.Count > 0 || earlier.Count > 0) directories.Add((directory, fresh, earlier));
            }

            return new(directories, files, saved);
        }
    }

    public sealed record Capture(
        IReadOnlyList<(OpenDirectory Directory, IReadOnlyList<Vault.Trees.Node> Fresh, IReadOnlyList<BlobId> Earlier)> Directories,
        IReadOnlyList<FileCheckpoint> Files,
        long SavedBytes);
}
