using Holdfast.Leash.Core;
using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;
using Holdfast.Leash.Recovery;
using Holdfast.Leash.Serving;

namespace Holdfast.Leash.Mounts;

/// <summary>Mounts and unmounts on request. Decided and finished on the reactor; the calls that may take seconds run aside.</summary>
/// <remarks>
/// They run in this process, not in a tool: should the leash be killed in the middle of one, its lock file stays locked until
/// the call has returned, so that a successor cannot sweep before it.
/// </remarks>
internal sealed class MountUnits(LeashShell shell, RevokeList revokes)
{
    private static readonly TimeSpan BusyLimit = TimeSpan.FromSeconds(3);

    public void Mount(MountRequest request, Action<Refusal?> answer)
    {
        if (Libc.geteuid() != 0)
        {
            answer(Refusal.Failure("The leash runs unprivileged; only root can mount."));
            return;
        }

        string target;
        try
        {
            target = RealPath(Directory.CreateDirectory(request.Target).FullName);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            answer(Refusal.Failure($"{request.Unit}: cannot make the folder {request.Target}: {problem.Message}"));
            return;
        }

        var unit = new MountUnit(request, target);
        var refusal = MountTable.Read().Any(entry => entry.Target == target)
            ? Refusal.Failure($"{request.Unit}: something is mounted on {target} already.")
            : shell.Ask((core, now) => core.Begin(unit, now));
        if (refusal is not null)
        {
            answer(refusal);
            return;
        }

        revokes.Add(unit, $"mount\t{request.Device}\t{target}");
        shell.Aside("mount", () => (Root: unit.Mount.Attach(request.FileSystem, request.Options, out var problem), Problem: problem), result => Mounted(unit, result.Root, result.Problem, answer));
    }

    public void Unmount(string name, Action<Refusal?> answer)
    {
        MountUnit? unit;
        lock (shell.Gate)
        {
            unit = shell.Core.Find(name, UnitKind.Mount) as MountUnit;
            if (unit is { Phase: UnitPhase.Held }) unit.Phase = UnitPhase.Ending;
            else if (unit is not null) unit = null;
            if (unit is null && shell.Core.Find(name, UnitKind.Mount) is not null)
            {
                answer(Refusal.Failure($"{name} is being mounted or unmounted now."));
                return;
            }
        }

        if (unit is null) answer(null);
        else shell.Aside("unmount", () => Detach(unit), released => Unmounted(unit, released, answer));
    }

    private void Mounted(MountUnit unit, int root, string? problem, Action<Refusal?> answer)
    {
        if (problem is not null)
        {
            shell.Remove(unit);
            revokes.Remove(unit);
            answer(Refusal.Failure($"{unit.Unit}: {problem}"));
            return;
        }

        unit.Keep(root);
        var refusal = shell.Ask((core, now) => core.Confirm(unit, now));
        shell.WakeGuards(); // When the lease ended meanwhile, the sweep waits for just this.
        answer(refusal);
    }

    private static bool Detach(MountUnit unit)
    {
        // The long part first, while the file system can still be shut down through the kept descriptor if the lease ends.
        var root = unit.Mount.OpenRoot();
        if (root >= 0)
        {
            Libc.syncfs(root);
            Libc.close(root);
        }

        root = unit.TakeRoot();
        if (root >= 0) Libc.close(root);
        var until = BootClock.Now.BootNanoseconds + (BusyLimit.Ticks * 100);
        var pause = new Alarm();
        while (!(unit.Mount.TryDetach(lazily: false) && unit.Mount.IsReleased()))
        {
            var now = BootClock.Now.BootNanoseconds;
            if (now > until) return false;
            pause.SleepUntil(now + 5_000_000); // A process that has just ended may hold it for a moment yet.
        }

        return true;
    }

    private void Unmounted(MountUnit unit, bool released, Action<Refusal?> answer)
    {
        if (released)
        {
            shell.Remove(unit);
            revokes.Remove(unit);
            answer(null);
            return;
        }

        unit.Keep(unit.Mount.OpenRoot());
        lock (shell.Gate) unit.Phase = UnitPhase.Held;
        shell.WakeGuards();
        answer(Refusal.Failure($"{unit.Unit}: {unit.Mount.Target} is busy; somebody on this machine still uses it (fuser -vm {unit.Mount.Target})."));
    }

    /// <summary>The path without links, as the kernel lists it; null when it is no folder.</summary>
    public static string? TryRealPath(string path)
    {
        try
        {
            return RealPath(path);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string RealPath(string path)
    {
        var fd = Libc.Open(path, Libc.O_RDONLY | Libc.O_DIRECTORY);
        if (fd < 0) throw new IOException(Libc.LastError);
        try
        {
            return File.ResolveLinkTarget($"/proc/self/fd/{fd}", returnFinalTarget: false)!.FullName;
        }
        finally
        {
            Libc.close(fd);
        }
    }
}
