using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Holdfast.Lab.Linux;

namespace Holdfast.Lab.Disks;

/// <summary>
/// A loop device of this lab. It is not held open, so that the kernel forgets what it cached of a shared disk with the
/// last close, as with a real one.
/// </summary>
internal sealed class LoopDevice
{
    private const nuint Configure = 0x4C0A;
    private const nuint Clear = 0x4C01;
    private const nuint GetStatus = 0x4C05;
    private const nuint GetFree = 0x4C82;
    private const int Major = 7;
    private const int NameBytes = 64;

    private LoopDevice(int number) => Number = number;

    /// <summary>Gets the minor device number.</summary>
    internal int Number { get; }

    internal string Path => PathOf(Number);

    /// <summary>Gets the device as <c>major:minor</c>, as mount tables print it.</summary>
    internal string DeviceNumber => $"{Major}:{Number}";

    /// <summary>Puts a free loop device over a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="label">What the device carries as its name, by which a later lab finds what a dead one left.</param>
    internal static LoopDevice Attach(string file, string label)
    {
        using var control = Libc.Open("/dev/loop-control", Libc.ReadWrite);
        using var backing = Libc.Open(file, Libc.ReadWrite);
        while (true)
        {
            var number = Libc.Check(Libc.ioctl(control.Descriptor(), GetFree, 0), "Cannot get a free loop device");
            EnsureNode(number);
            using var loop = Libc.Open(PathOf(number), Libc.ReadWrite);
            if (TryConfigure(loop.Descriptor(), backing.Descriptor(), label))
            {
                return new LoopDevice(number);
            }
        }
    }

    /// <summary>Whether anybody has it mounted or claimed.</summary>
    internal bool IsInUse()
    {
        using var handle = Libc.TryOpen(Path, Libc.ReadOnly | Libc.Exclusive, out var error);
        return handle is null && error == Libc.Busy;
    }

    /// <summary>Takes the file away; when somebody still has the device open the kernel does so with the last close.</summary>
    internal void Detach() => Detach(Number);

    /// <summary>Detaches every loop device whose label begins so.</summary>
    internal static void DetachAll(string labelPrefix)
    {
        foreach (var (number, label) in All())
        {
            if (label.StartsWith(labelPrefix, StringComparison.Ordinal))
            {
                Detach(number);
            }
        }
    }

    /// <summary>Lists the loop devices in use with their labels.</summary>
    internal static IEnumerable<(int Number, string Label)> All()
    {
        foreach (var folder in Directory.EnumerateDirectories("/sys/block", "loop*"))
        {
            var number = int.Parse(System.IO.Path.GetFileName(folder).AsSpan(4), CultureInfo.InvariantCulture);
            if (Directory.Exists(folder + "/loop") && ReadLabel(number) is { } label)
            {
                yield return (number, label);
            }
        }
    }

    private static string PathOf(int number) => $"/dev/loop{number}";

    // Without devtmpfs (in a container) nobody makes the nodes of new loop devices.
    private static void EnsureNode(int number)
    {
        if (!File.Exists(PathOf(number)))
        {
            Command.RunAsync("mknod", "-m", "600", PathOf(number), "b", $"{Major}", $"{number}").GetAwaiter().GetResult();
        }
    }

    private static unsafe bool TryConfigure(int loop, int backing, string label)
    {
        var configuration = new LoopConfiguration { Backing = (uint)backing };
        Encoding.UTF8.GetBytes(label, new Span<byte>(configuration.Status.FileName, NameBytes - 1));
        if (Libc.ioctl(loop, Configure, &configuration) == 0)
        {
            return true;
        }

        // Somebody else took it between the two calls.
        return Marshal.GetLastPInvokeError() == Libc.Busy ? false : throw Libc.Failure("Cannot configure a loop device");
    }

    private static unsafe string? ReadLabel(int number)
    {
        using var loop = Libc.TryOpen(PathOf(number), Libc.ReadOnly, out _);
        LoopStatus status;
        return loop is not null && Libc.ioctl(loop.Descriptor(), GetStatus, &status) == 0 ? Marshal.PtrToStringUTF8((nint)status.FileName) : null;
    }

    private static void Detach(int number)
    {
        using var loop = Libc.TryOpen(PathOf(number), Libc.ReadWrite, out var error);
        if (loop is null)
        {
            if (error != Libc.NoDevice)
            {
                throw Libc.Failure($"Cannot open {PathOf(number)}");
            }

            return;
        }

        if (Libc.ioctl(loop.Descriptor(), Clear, 0) != 0 && Marshal.GetLastPInvokeError() != Libc.NoDevice)
        {
            throw Libc.Failure($"Cannot detach {PathOf(number)}");
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct LoopStatus
    {
        internal ulong Device;
        internal ulong Inode;
        internal ulong BackingDevice;
        internal ulong Offset;
        internal ulong SizeLimit;
        internal uint Number;
        internal uint EncryptType;
        internal uint EncryptKeySize;
        internal uint Flags;
        internal fixed byte FileName[NameBytes];
        internal fixed byte CryptName[64];
        internal fixed byte EncryptKey[32];
        internal fixed ulong Init[2];
    }

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct LoopConfiguration
    {
        internal uint Backing;
        internal uint BlockSize;
        internal LoopStatus Status;
        internal fixed ulong Reserved[8];
    }
}
