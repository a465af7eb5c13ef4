using System.Diagnostics;
using Holdfast.Protection.Native;

namespace Holdfast.Protection.VolumeSnapshots;

/// <summary>Holds a file system still: whoever writes to it waits. A guard of its own thaws it whatever becomes of this process.</summary>
/// <remarks>
/// The guard is a child in a session of its own, started before the freeze. It thaws when its input ends, which the kernel sees to when this process dies, and at the deadline.
/// Should both be killed at once (a cgroup, a PID namespace), the note that was made before the freeze lets the next start thaw: <see cref="FreezeNotes"/>.
/// </remarks>
public sealed class Freeze : IAsyncDisposable
{
    // Signals that a service manager sends to a whole group must not end the guard before its work is done. The program must come from the page cache: its disk may be frozen.
    private const string Guard = """trap "" HUP INT TERM; cat /usr/sbin/fsfreeze /sbin/fsfreeze >/dev/null 2>&1; echo ready; timeout "$2" cat >/dev/null; fsfreeze --unfreeze "$1" 2>/dev/null; rm -f "$3" """;

    private readonly Process _guard;
    private readonly FileStream _note;

    private Freeze(Process guard, FileStream note) => (_guard, _note) = (guard, note);

    /// <summary>Freezes the file system mounted at a place.</summary>
    /// <param name="mount">Where it is mounted.</param>
    /// <param name="deadline">When it is thawed at the latest.</param>
    /// <param name="notes">Where a note is made for the next start; never on the file system itself.</param>
    /// <param name="cancellationToken">Ends the wait for the guard.</param>
    /// <exception cref="HoldfastException"><c>freeze.unsafe</c>: something this process needs is on it; <c>freeze.failed</c>.</exception>
    public static async Task<Freeze> BeginAsync(string mount, TimeSpan deadline, FreezeNotes notes, CancellationToken cancellationToken)
    {
        RefuseOwnGround(mount, notes);
        var note = notes.Write(mount);
        var start = new ProcessStartInfo("setsid", ["sh", "-c", Guard, "holdfast-thaw", mount, Math.Max(1, (int)deadline.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture), note.Name])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/",
        };
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        var guard = Process.Start(start)!;
        var freeze = new Freeze(guard, note);
        try
        {
            if (await guard.StandardOutput.ReadLineAsync(cancellationToken) != "ready") throw new HoldfastException(ErrorKind.Unavailable, "freeze.failed", $"The guard that would thaw '{mount}' did not start, so it was not frozen.");
            await Task.Run(() => Apply(mount, LibC.FIFREEZE, $"'{mount}' cannot be frozen"), CancellationToken.None);
            return freeze;
        }
        catch
        {
            await freeze.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gets the guard's process id.</summary>
    public int GuardId => _guard.Id;

    /// <summary>Thaws, and returns when it is thawed.</summary>
    public async ValueTask DisposeAsync()
    {
        _guard.StandardInput.Close();
        await _guard.WaitForExitAsync(CancellationToken.None);
        _guard.Dispose();
        await _note.DisposeAsync();
    }

    /// <summary>Thaws a file system; one that is not frozen is left as it is.</summary>
    internal static void Thaw(string mount)
    {
        try
        {
            Apply(mount, LibC.FITHAW, $"'{mount}' cannot be thawed");
        }
        catch (HoldfastException notFrozen) when (notFrozen.Message.Contains($"errno {LibC.EINVAL}", StringComparison.Ordinal))
        {
        }
    }

    private static unsafe void Apply(string mount, uint request, string what)
    {
        var descriptor = LibC.open(mount, 0x10000 /* O_DIRECTORY */ | LibC.CloseOnExec, 0);
        if (descriptor < 0) throw LibC.Failed(what, "freeze.failed");
        using var place = new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: true);
        if (LibC.ioctl(place, request, (void*)null) < 0) throw LibC.Failed(what, "freeze.failed", "Another program may have frozen it: fsfreeze --unfreeze");
    }

    private static void RefuseOwnGround(string mount, FreezeNotes notes)
    {
        var frozen = LibC.Stat(mount);
        foreach (var needed in (string[])["/", AppContext.BaseDirectory, Path.GetTempPath(), notes.Folder])
        {
            var stat = LibC.Stat(needed);
            if ((stat.DeviceMajor, stat.DeviceMinor) != (frozen.DeviceMajor, frozen.DeviceMinor)) continue;
            throw new HoldfastException(ErrorKind.Conflict, "freeze.unsafe", $"'{mount}' cannot be frozen: it also holds '{needed}', which whoever would thaw it needs.", "Put the data on a volume of its own, or on btrfs, XFS or LVM, which need no freeze.");
        }
    }
}
