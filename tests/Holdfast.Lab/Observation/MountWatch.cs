using Holdfast.Lab.Disks;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Lab.Observation;

/// <summary>Sees mounts of shared disks: the kernel wakes whoever polls a mount table when it changes.</summary>
internal sealed class MountWatch(EventLoop loop, OwnershipLog log) : IFactWatch
{
    private readonly Dictionary<LabHost, SafeFileHandle> _tables = [];
    private readonly Dictionary<string, string> _roleOfDisk = new(StringComparer.Ordinal);

    internal void Assign(string role, StableImage disk)
    {
        _roleOfDisk[disk.Name] = role;
        foreach (var (host, table) in _tables)
        {
            Read(host, table);
        }
    }

    public void Watch(LabHost host)
    {
        var table = Libc.Open($"/proc/{host.InitId}/mountinfo", Libc.ReadOnly);
        _tables[host] = table;
        loop.Add(table.Descriptor(), EventLoop.Urgent, () => Read(host, table));
        Read(host, table);
    }

    public void Forget(LabHost host, PowerOff off)
    {
        log.EndAll(host.Name, OwnershipKind.Mount, off.DisksCut); // What the kernel has not yet taken down by then reaches no disk any more.
        if (_tables.Remove(host, out var table))
        {
            loop.Remove(table.Descriptor());
            table.Dispose();
        }
    }

    public TimeSpan? Look() => null;

    public void Dispose()
    {
        foreach (var table in _tables.Values)
        {
            table.Dispose();
        }
    }

    private void Read(LabHost host, SafeFileHandle table)
    {
        // An empty table means that the host is going: its power-off says when it was gone.
        if (_tables.GetValueOrDefault(host) != table || ReadAll(table) is not { Length: > 0 } text)
        {
            return;
        }

        var now = BootClock.Now;
        var mounted = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 4)[2]).ToHashSet(StringComparer.Ordinal);
        foreach (var door in host.Doors)
        {
            if (!_roleOfDisk.TryGetValue(door.Image.Name, out var role))
            {
                continue;
            }

            if (mounted.Contains(door.Device.DeviceNumber))
            {
                log.Begin(new OwnershipInterval(role, host.Name, OwnershipKind.Mount, door.Image.Name, now, To: null));
            }
            else
            {
                log.End(host.Name, OwnershipKind.Mount, door.Image.Name, now);
            }
        }
    }

    private static unsafe string ReadAll(SafeFileHandle table)
    {
        const int Chunk = 8192;
        var text = new System.Text.StringBuilder();
        var buffer = stackalloc byte[Chunk];
        long offset = 0;
        nint count;
        while ((count = Libc.pread(table.Descriptor(), buffer, Chunk, offset)) > 0)
        {
            text.Append(System.Text.Encoding.UTF8.GetString(buffer, (int)count));
            offset += count;
        }

        return text.ToString();
    }
}
