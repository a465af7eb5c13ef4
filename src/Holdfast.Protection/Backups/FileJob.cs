using Holdfast.Protection.Scanning;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Backups;

/// <summary>A file that a reader shall save.</summary>
/// <param name="Directory">Where its node goes.</param>
/// <param name="Slot">And in which place.</param>
/// <param name="Name">Its name.</param>
/// <param name="Path">Where it is read.</param>
/// <param name="Before">What the snapshot before has in its place.</param>
internal readonly record struct FileJob(OpenDirectory Directory, int Slot, string Name, LinuxPath Path, Node? Before)
{
    /// <summary>Gets its path in the snapshot.</summary>
    public string SnapshotPath => SnapshotPaths.Join(Directory.Path, Name);
}
