using Holdfast.Protection.Scanning;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Restores;

/// <summary>A file whose content is being restored.</summary>
internal sealed class RestoredFile(LinuxPath directory, string snapshotPath, Node node, bool existed)
{
    private int _remaining;

    public LinuxPath Directory => directory;

    public LinuxPath Path { get; } = directory.Child(node.Name);

    public string SnapshotPath => snapshotPath;

    public Node Node => node;

    /// <summary>Gets whether a file was there: its content may be right in parts.</summary>
    public bool Existed => existed;

    /// <summary>Gets or sets whether something of it could not be written: it is told once and left.</summary>
    public bool HasFailed { get; set; }

    /// <summary>Gets or sets how many pieces are to be written.</summary>
    public int Remaining
    {
        get => _remaining;
        set => _remaining = value;
    }

    /// <summary>Gets or sets the bytes that are to be written.</summary>
    public long BytesToWrite { get; set; }

    /// <summary>A piece is written. Returns whether it was the last.</summary>
    public bool Written() => Interlocked.Decrement(ref _remaining) == 0;
}
