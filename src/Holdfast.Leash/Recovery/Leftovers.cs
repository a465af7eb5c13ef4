using System.Text;
using Holdfast.Leash.Addresses;
using Holdfast.Leash.Native;
using Holdfast.Leash.Revoking;
using Holdfast.Leash.Serving;
using Holdfast.Leash.Units;

namespace Holdfast.Leash.Recovery;

/// <summary>
/// Ends what a leash left behind: every process that carries the mark of its run folder, and every address and mount of its
/// revoke list. Needs nothing of the leash's help, so that a successor, systemd and the agent can all call it.
/// </summary>
internal static class Leftovers
{
    /// <summary>Sweeps until everything is verified gone. Returns what is left when the time is over; empty means clean.</summary>
    public static string[] Sweep(string runDirectory, bool infrastructure, TimeSpan limit)
    {
        var mark = UnitMarker.Prefix(LeashSettings.ScopeOf(runDirectory));
        var until = BootClock.Now.BootNanoseconds + (limit.Ticks * 100);
        var pause = new Alarm();
        var revocations = new Dictionary<string, Revocation?>(StringComparer.Ordinal);
        using var netlink = new Netlink();
        // A namespace's init has lost its command line, and with it its mark, while the kernel still ends the others: it is over when its descriptor says so.
        var dying = new Dictionary<int, (int Descriptor, string Unit)>();
        try
        {
            while (true)
            {
                var left = SweepOnce(runDirectory, mark, infrastructure, netlink, revocations, dying);
                if (left.Length == 0) return left;
                var now = BootClock.Now.BootNanoseconds;
                if (now > until) return left;
                pause.SleepUntil(now + 2_000_000);
            }
        }
        finally
        {
            foreach (var (descriptor, _) in dying.Values) Libc.close(descriptor);
        }
    }

    /// <summary>Kills every process that has the mark in its environment: for units without a namespace.</summary>
    public static void KillByEnvironment(string mark)
    {
        var dying = new Dictionary<int, (int Descriptor, string Unit)>();
        int before;
        do
        {
            before = dying.Count;
            KillMarked("environ", $"{UnitMarker.Variable}={mark}", infrastructure: true, dying);
        }
        while (dying.Count > before); // Until nobody new is found.

        foreach (var (descriptor, _) in dying.Values) Libc.close(descriptor);
    }

    private static string[] SweepOnce(string runDirectory, string mark, bool infrastructure, Netlink netlink, Dictionary<string, Revocation?> revocations, Dictionary<int, (int Descriptor, string Unit)> dying)
    {
        KillMarked("cmdline", mark, infrastructure, dying);
        KillMarked("environ", $"{UnitMarker.Variable}={mark}", infrastructure, dying);
        foreach (var (pid, process) in dying.Where(process => Libc.HasExited(process.Value.Descriptor)).ToArray())
        {
            Libc.close(process.Descriptor);
            dying.Remove(pid);
        }

        List<string> left = [.. dying.Select(process => $"process {process.Key} of {process.Value.Unit}")];
        var pass = new RevocationPass(netlink, Urgent: true, ProcessesOver: left.Count == 0);
        foreach (var line in RevokeList.Read(runDirectory))
        {
            if (!revocations.TryGetValue(line, out var revocation)) revocations[line] = revocation = Revocation.Parse(line);
            if (revocation is not null && !revocation.Step(pass)) left.Add(Revocation.Describe(line));
        }

        return [.. left];
    }

    /// <summary>Kills through a descriptor taken before the mark is read again, so that a reused process id is never hit. Adds who was there.</summary>
    private static void KillMarked(string file, string mark, bool infrastructure, Dictionary<int, (int Descriptor, string Unit)> dying)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var pid) || pid == Environment.ProcessId || dying.ContainsKey(pid) || UnitIn(folder, file, mark, infrastructure) is null) continue;
            var pidfd = Libc.PidFdOpen(pid);
            if (pidfd < 0) continue;
            if (UnitIn(folder, file, mark, infrastructure) is { } unit && !Libc.HasExited(pidfd))
            {
                Libc.PidFdSendSignal(pidfd, Libc.SIGKILL);
                dying[pid] = (pidfd, unit);
            }
            else
            {
                Libc.close(pidfd);
            }
        }
    }

    private static string? UnitIn(string folder, string file, string mark, bool infrastructure)
    {
        try
        {
            var text = Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, file)));
            var argument = text.Split('\0').FirstOrDefault(part => part.StartsWith(mark, StringComparison.Ordinal));
            if (argument is null) return null;
            var unit = argument[(argument.LastIndexOf(':') + 1)..];
            return infrastructure || !unit.StartsWith('@') ? unit : null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
