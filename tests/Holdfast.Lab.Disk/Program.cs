using System.Globalization;
using System.IO.MemoryMappedFiles;
using Holdfast.Lab.Disk;

// holdfast-lab-disk IMAGE BYTES MOUNTPOINT: see README.md. Started in a mount namespace of its own.
if (args is not [var image, var bytes, var mountPoint])
{
    Console.Error.WriteLine("usage: Holdfast.Lab.Disk IMAGE BYTES MOUNTPOINT");
    return 2;
}

const long CacheBytes = 192L << 20;
const ulong NoSetUserIdNoDevices = 2 | 4;

var fuse = Native.Open("/dev/fuse");
var options = $"fd={fuse},rootmode=40000,user_id=0,group_id=0,allow_other";
if (Native.mount("holdfast-lab", mountPoint, "fuse.holdfast-lab", NoSetUserIdNoDevices, options) != 0)
{
    throw Native.Failure($"Cannot mount {mountPoint}");
}

using var writers = MemoryMappedFile.CreateFromFile(image + ".writer", FileMode.OpenOrCreate, mapName: null, sizeof(long));
using var lastWriter = writers.CreateViewAccessor(0, sizeof(long));
var server = new DiskServer(fuse, Open(lastWriter.SafeMemoryMappedViewHandle));
new Thread(DieWithTheLab) { IsBackground = true, Name = "lab" }.Start();
server.Run(() =>
{
    Console.Out.WriteLine("ready");
    Console.Out.Flush();
});
return 0;

unsafe VolatileImage Open(Microsoft.Win32.SafeHandles.SafeMemoryMappedViewHandle lastWriter)
{
    byte* word = null;
    lastWriter.AcquirePointer(ref word); // For as long as this process lives.
    return new VolatileImage(Native.Open(image), (long*)word, long.Parse(bytes, CultureInfo.InvariantCulture), CacheBytes);
}

// The lab says which loop device lies on this disk, and holds the other end of the pipe for as long as it lives.
static void DieWithTheLab()
{
    const nuint LoopClear = 0x4C01; // LOOP_CLR_FD: at once when nobody has it open, else with the last close.
    string? loop = null;
    while (Console.In.ReadLine() is { } line)
    {
        loop = line;
    }

    if (loop is not null)
    {
        Native.ioctl(Native.Open(loop), LoopClear, 0);
    }

    // Not Environment.Exit: the serving thread may be inside a system call for good.
    Native._exit(0);
}
