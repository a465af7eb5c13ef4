using System.Runtime.InteropServices;
using Holdfast.Protection.Native;
using Holdfast.Protection.Scanning;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Restores;

/// <summary>The directory that is restored into. Everything below it is reached from its descriptor and through no symbolic link, so that a hostile
/// snapshot, or somebody who swaps directories meanwhile, gets nothing written elsewhere.</summary>
internal sealed unsafe class TargetRoot : IDisposable
{
    private const int MaxLinkBytes = 4096; // PATH_MAX

    private readonly Descriptor _root;

    private TargetRoot(Descriptor root) => _root = root;

    /// <summary>Opens it. Its own path may lead through symbolic links: the person who asks chose it.</summary>
    /// <exception cref="HoldfastException"><c>restore.target</c>.</exception>
    public static TargetRoot Open(string path)
    {
        try
        {
            return new(Descriptor.OpenAt(LibC.AtCurrentDirectory, LinuxPath.Of(path).Terminated, LibC.ReadOnly | LibC.Directory, 0));
        }
        catch (LinuxError error)
        {
            throw new HoldfastException(ErrorKind.Invalid, "restore.target", $"'{path}' cannot be restored into: {error.Message}.", "Name a directory with --target.", error);
        }
    }

    public void Dispose() => _root.Dispose();

    /// <summary>Opens something below it; an empty path is the root itself.</summary>
    public Descriptor Open(LinuxPath path, int flags, uint mode = 0) => Descriptor.OpenBeneath(_root, path.Text.Length == 0 ? LinuxPath.Of(".") : path, flags, mode);

    /// <summary>What is there, or null.</summary>
    public FileStat? TryStat(LinuxPath path)
    {
        using var found = Descriptor.TryOpenBeneath(_root, path, LibC.PathOnly);
        return found is null ? null : FileStat.Of(found);
    }

    /// <summary>Makes a directory unless it is there. Something else in its place is removed first.</summary>
    /// <returns>Whether it was made: then nothing is in it.</returns>
    public bool EnsureDirectory(LinuxPath directory, string name)
    {
        var path = directory.Child(name);
        if (TryStat(path) is { } found)
        {
            if (found.Type == NodeType.Directory) return false;
            Remove(directory, name, LibC.ReadOnly);
        }

        At(directory, name, static (parent, entry, _) => LibC.mkdirat(parent, entry, 0x1C0), "mkdir");
        return true;
    }

    /// <summary>Removes a file, or what else is no directory.</summary>
    public void Remove(LinuxPath directory, string name, int flags = 0) =>
        At(directory, name, static (parent, entry, flag) => LibC.unlinkat(parent, entry, (int)flag), "remove", (ulong)flags);

    /// <summary>Removes something with all that is in it, and says how many things.</summary>
    public long RemoveAll(LinuxPath directory, string name)
    {
        var path = directory.Child(name);
        if (TryStat(path) is not { } stat) return 0;
        if (stat.Type != NodeType.Directory)
        {
            Remove(directory, name);
            return 1;
        }

        var removed = 1L;
        foreach (var entry in List(path)) removed += RemoveAll(path, entry);
        Remove(directory, name, LibC.AtRemoveDirectory);
        return removed;
    }

    /// <summary>The names in a directory.</summary>
    public List<string> List(LinuxPath directory)
    {
        using var open = Open(directory, LibC.ReadOnly | LibC.Directory);
        return DirectoryListing.Read(open);
    }

    /// <summary>Makes a device node or a fifo that only its owner may open yet.</summary>
    public void MakeNode(LinuxPath directory, string name, Node node)
    {
        var type = node.Type switch { NodeType.BlockDevice => 0x6000u, NodeType.CharacterDevice => 0x2000u, _ => 0x1000u };
        using var parent = Open(directory, LibC.PathOnly | LibC.Directory);
        fixed (byte* entry = LinuxPath.Of(name).Terminated)
        {
            if (LibC.mknodat(parent.Number, entry, type | 0x180, node.Device) != 0) throw LinuxError.Last("mknod");
        }
    }

    /// <summary>Makes a symbolic link; where it leads is nobody's matter here.</summary>
    public void MakeSymbolicLink(LinuxPath directory, string name, string target)
    {
        using var parent = Open(directory, LibC.PathOnly | LibC.Directory);
        fixed (byte* entry = LinuxPath.Of(name).Terminated, to = LinuxPath.Of(target).Terminated)
        {
            if (LibC.symlinkat(to, parent.Number, entry) != 0) throw LinuxError.Last("symlink");
        }
    }

    /// <summary>Where a symbolic link leads.</summary>
    public string LinkTargetOf(LinuxPath directory, string name)
    {
        using var parent = Open(directory, LibC.PathOnly | LibC.Directory);
        var buffer = stackalloc byte[MaxLinkBytes];
        fixed (byte* entry = LinuxPath.Of(name).Terminated)
        {
            var length = LibC.readlinkat(parent.Number, entry, buffer, MaxLinkBytes);
            return length < 0 ? throw LinuxError.Last("readlink") : ByteText.Decode(new(buffer, (int)length));
        }
    }

    /// <summary>Makes another name of a file.</summary>
    public void MakeHardLink(LinuxPath directory, string name, LinuxPath existingDirectory, string existingName)
    {
        using var from = Open(existingDirectory, LibC.PathOnly | LibC.Directory);
        using var to = Open(directory, LibC.PathOnly | LibC.Directory);
        fixed (byte* source = LinuxPath.Of(existingName).Terminated, entry = LinuxPath.Of(name).Terminated)
        {
            if (LibC.linkat(from.Number, source, to.Number, entry, 0) != 0) throw LinuxError.Last("link");
        }
    }

    /// <summary>Sets a symbolic link's own times.</summary>
    public void SetLinkTimes(LinuxPath directory, string name, Node node)
    {
        var times = stackalloc long[4] { node.AccessedAt.Seconds, node.AccessedAt.Nanoseconds, node.ModifiedAt.Seconds, node.ModifiedAt.Nanoseconds };
        using var parent = Open(directory, LibC.PathOnly | LibC.Directory);
        fixed (byte* entry = LinuxPath.Of(name).Terminated)
        {
            if (LibC.utimensat(parent.Number, entry, times, LibC.AtNoFollow) != 0) throw LinuxError.Last("utimensat");
        }
    }

    private delegate int Call(int parent, byte* entry, ulong argument);

    private void At(LinuxPath directory, string name, Call call, string what, ulong argument = 0)
    {
        using var parent = Open(directory, LibC.PathOnly | LibC.Directory);
        fixed (byte* entry = LinuxPath.Of(name).Terminated)
        {
            if (call(parent.Number, entry, argument) != 0 && Marshal.GetLastPInvokeError() != LinuxError.NoEntry) throw LinuxError.Last(what);
        }
    }
}
