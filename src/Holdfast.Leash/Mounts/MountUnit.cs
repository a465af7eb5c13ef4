using Holdfast.Leash.Core;
using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Mounts;

/// <summary>A mounted file system that the leash answers for.</summary>
internal sealed class MountUnit(MountRequest request, string target) : UnitEntry(request.Unit, UnitKind.Mount, request.Warrant, request.Tag)
{
    private int _rootFd = -1;

    /// <summary>Gets the mounted thing, with its paths ready for the kernel.</summary>
    public FileSystemMount Mount { get; } = new(request.Device, target);

    /// <summary>Takes the descriptor of the mounted root in care. It is what the kill path works through, since a path could lead elsewhere by then.</summary>
    public void Keep(int rootFd) => Interlocked.Exchange(ref _rootFd, rootFd);

    /// <summary>Gives the descriptor to the caller, who closes it: while it is open nothing can be unmounted.</summary>
    public int TakeRoot() => Interlocked.Exchange(ref _rootFd, -1);

    /// <summary>Cuts the file system off from its device, so that no dirty page is written from now on. Repeating it does no harm.</summary>
    public void ShutDown()
    {
        var root = TakeRoot();
        if (root < 0) return;
        FileSystemMount.ShutDown(root);
        Libc.close(root);
    }
}
