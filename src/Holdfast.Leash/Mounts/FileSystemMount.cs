using Holdfast.Leash.Native;

namespace Holdfast.Leash.Mounts;

/// <summary>One file system at one place, and the calls that bring it there and end it.</summary>
internal sealed unsafe class FileSystemMount(string device, string target)
{
    private const uint BlockDevice = 0x6000, TypeMask = 0xF000;
    private const int DetachLazily = 2, NoFollow = 8;
    private const nuint MakeShared = 1 << 20, Recursively = 1 << 14;

    private static readonly Dictionary<string, nuint> Flags = new(StringComparer.Ordinal)
    {
        ["ro"] = 1, ["nosuid"] = 2, ["nodev"] = 4, ["noexec"] = 8, ["sync"] = 16, ["dirsync"] = 128, ["noatime"] = 1024, ["nodiratime"] = 2048,
        ["relatime"] = 1 << 21, ["strictatime"] = 1 << 24, ["lazytime"] = 1 << 25,
        ["rw"] = 0, ["defaults"] = 0, ["auto"] = 0, ["noauto"] = 0, ["nofail"] = 0, ["_netdev"] = 0,
    };

    private readonly byte[] _device = Libc.Text(device);
    private readonly byte[] _target = Libc.Text(target);

    public string Device { get; } = device;

    public string Target { get; } = target;

    /// <summary>Gets the number of the mounted file system, by which it is told from what may lie at the same path.</summary>
    public ulong Number { get; private set; }

    /// <summary>Mounts. May take seconds (journal replay). Returns a descriptor of its root, or -1 with what went wrong.</summary>
    public int Attach(string type, string options, out string? problem)
    {
        problem = IsBlockDevice() && !IsFree() ? $"{Device} is in use on this machine (mounted elsewhere, or part of something)." : null;
        if (problem is not null) return -1;
        ShareParent();
        nuint flags = 0;
        var rest = new List<string>();
        foreach (var option in options.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Flags.TryGetValue(option, out var flag)) flags |= flag;
            else rest.Add(option);
        }

        int result;
        fixed (byte* source = _device, at = _target, kind = Libc.Text(type), data = Libc.Text(string.Join(',', rest))) result = Libc.mount(source, at, kind, flags, data);
        if (result != 0)
        {
            problem = $"cannot mount {Device} ({type}) on {Target}: {Libc.LastError}.";
            return -1;
        }

        var root = Libc.Open(Target, Libc.O_RDONLY | Libc.O_DIRECTORY);
        Number = NumberOf(root);
        return root;
    }

    /// <summary>Opens the root of this very file system; -1 when another (or none) lies at the path by now.</summary>
    public int OpenRoot()
    {
        var root = Libc.Open(Target, Libc.O_RDONLY | Libc.O_DIRECTORY);
        if (root < 0 || NumberOf(root) == Number) return root;
        Libc.close(root);
        return -1;
    }

    /// <summary>Cuts off what is mounted at the target now: for a sweep that knows it only from the revoke list. False when it is not there.</summary>
    public bool ShutDownIfMounted()
    {
        if (!MountTable.Read().Any(entry => entry.Target == Target && entry.Source == Device)) return false;
        var root = LookAndOpen();
        if (root < 0) return true;
        ShutDown(root);
        Libc.close(root);
        return true;
    }

    /// <summary>Takes what is mounted at the target now for this file system. Returns a descriptor of its root, or -1.</summary>
    public int LookAndOpen()
    {
        var root = Libc.Open(Target, Libc.O_RDONLY | Libc.O_DIRECTORY);
        Number = NumberOf(root);
        return root;
    }

    /// <summary>Unmounts whatever is at a path.</summary>
    public static void Detach(string target, bool lazily)
    {
        fixed (byte* path = Libc.Text(target)) Libc.umount2(path, NoFollow | (lazily ? DetachLazily : 0));
    }

    /// <summary>FS_IOC_SHUTDOWN without flushing the log, as ext4, xfs, f2fs and btrfs know it. Others answer ENOTTY: there only the unmount helps.</summary>
    public static bool ShutDown(int root)
    {
        uint withoutLog = 2;
        return Libc.ioctl(root, 0x8004587D, &withoutLog) == 0;
    }

    /// <summary>Unmounts once. Never touches another file system at the same path.</summary>
    public bool TryDetach(bool lazily)
    {
        Libc.Stat at;
        fixed (byte* path = _target)
        {
            // A file system that was shut down may refuse even this look; then it is ours for certain.
            if (Libc.stat(path, &at) == 0 && at.Device != Number) return true;
            return Libc.umount2(path, NoFollow | (lazily ? DetachLazily : 0)) == 0 || Libc.Errno == Libc.EINVAL;
        }
    }

    /// <summary>Whether nothing holds it any more: another file system (or none) at the path, and the device opens exclusively.</summary>
    public bool IsReleased()
    {
        Libc.Stat at;
        fixed (byte* path = _target)
        {
            if (Libc.stat(path, &at) != 0 ? Libc.Errno != 2 : at.Device == Number) return false;
        }

        return !IsBlockDevice() || IsFree();
    }

    private static ulong NumberOf(int fd)
    {
        Libc.Stat result;
        return fd >= 0 && Libc.fstat(fd, &result) == 0 ? result.Device : 0;
    }

    private bool IsBlockDevice()
    {
        Libc.Stat result;
        fixed (byte* path = _device) return Libc.stat(path, &result) == 0 && (result.Mode & TypeMask) == BlockDevice;
    }

    /// <summary>The kernel lets a block device be opened exclusively only when no mount, in whatever mount namespace, holds it.</summary>
    private bool IsFree()
    {
        int fd;
        fixed (byte* path = _device) fd = Libc.open(path, Libc.O_RDONLY | Libc.O_EXCL | Libc.O_CLOEXEC | Libc.O_NONBLOCK, 0);
        if (fd < 0) return Libc.Errno != Libc.EBUSY;
        Libc.close(fd);
        return true;
    }

    /// <summary>
    /// Units live in mount namespaces that are slaves of ours. An unmount reaches them only when the mount that we mount upon is
    /// shared; otherwise their copy would keep the device busy. systemd shares everything; elsewhere we share what we need.
    /// </summary>
    private void ShareParent()
    {
        MountTable.Entry? parent = null;
        foreach (var entry in MountTable.Read())
        {
            var holdsTarget = entry.Target == "/" || Target == entry.Target || Target.StartsWith(entry.Target + "/", StringComparison.Ordinal);
            if (holdsTarget && entry.Target.Length >= (parent?.Target.Length ?? 0)) parent = entry; // Of several at one place the last is on top.
        }

        if (parent is null || parent.IsShared) return;
        fixed (byte* at = Libc.Text(parent.Target)) Libc.mount(null, at, null, MakeShared, null);
    }

    /// <summary>Shares everything that is mounted, as systemd does, for units whose commands mount for the whole machine.</summary>
    public static void ShareAll()
    {
        fixed (byte* at = "/\0"u8) Libc.mount(null, at, null, MakeShared | Recursively, null);
    }
}
