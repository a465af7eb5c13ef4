using Holdfast.Leash.Native;

namespace Holdfast.Leash.Recovery;

/// <summary>The last incarnation minted on this node, in <c>$STATE/incarnation</c>, under a lock: one leash for each state folder.</summary>
internal sealed class IncarnationFile : IDisposable
{
    private const int Exclusive = 2, NonBlocking = 4;

    private readonly string _directory;
    private readonly int _lock;

    private IncarnationFile(string directory, int lockFd)
    {
        (_directory, _lock) = (directory, lockFd);
        var path = Path.Combine(directory, "incarnation");
        if (!File.Exists(path)) return;
        var text = File.ReadAllText(path).Trim();
        // An unreadable number must not become 0: incarnations are never reused (leases rule 6).
        Last = long.TryParse(text, out var last) && last >= 0 ? last : throw new IOException($"{path} does not hold a number but '{text}'. Restore it, or write a number above every incarnation that this node ever had.");
    }

    public long Last { get; private set; }

    /// <summary>Takes the lock. A predecessor that was killed inside a long system call keeps it until that call has returned, hence the wait.</summary>
    public static IncarnationFile Open(string directory, TimeSpan patience)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, "leash.lock");
        var fd = Libc.Open(path, Libc.O_RDWR | Libc.O_CREAT, 0x180 /* 0600 */);
        if (fd < 0) throw new IOException($"Cannot open {path}: {Libc.LastError}.");
        var until = BootClock.Now.BootNanoseconds + (patience.Ticks * 100);
        var pause = new Alarm();
        while (Libc.flock(fd, Exclusive | NonBlocking) != 0)
        {
            var now = BootClock.Now.BootNanoseconds;
            if (now > until)
            {
                Libc.close(fd);
                throw new IOException($"Another leash holds {path}; there is one leash for each state folder. End it first.");
            }

            pause.SleepUntil(now + 20_000_000);
        }

        return new(directory, fd);
    }

    /// <summary>Stores a new incarnation durably, before anyone hears of it.</summary>
    public void Store(long incarnation)
    {
        var path = Path.Combine(_directory, "incarnation");
        using (var file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes($"{incarnation}\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
        var folder = Libc.Open(_directory, Libc.O_RDONLY | Libc.O_DIRECTORY);
        var synced = Libc.fsync(folder) == 0;
        Libc.close(folder);
        if (!synced) throw new IOException($"Cannot make {path} durable.");
        Last = incarnation;
    }

    public void Dispose() => Libc.close(_lock);
}
