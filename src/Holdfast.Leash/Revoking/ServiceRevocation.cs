using Holdfast.Leash.Native;

namespace Holdfast.Leash.Revoking;

/// <summary>
/// Ends a service of the machine's service manager. First what needs nobody's help: the grant is removed, so that no job that is
/// queued, no restart, timer or socket starts it any more, and its control group is frozen and killed. Then the manager is asked to stop it,
/// which also cancels its jobs, and is believed only when it says that it is neither active nor about to be.
/// </summary>
internal sealed class ServiceRevocation(string service, string grant, string controlGroup) : Revocation
{
    private const string Stop = """
        systemctl --no-ask-password stop "$1" 2>/dev/null
        state=$(systemctl --no-ask-password show --property=ActiveState --property=Job "$1") || exit 1
        case $state in *Job=[1-9]*) exit 1 ;; esac
        case $state in *ActiveState=inactive*|*ActiveState=failed*) exit 0 ;; esac
        exit 1
        """;

    private static readonly string[] Hierarchies = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"];

    private readonly CommandRevocation _stopped = new(TimeSpan.FromSeconds(10), ["sh", "-c", Stop, "sh", service]);

    public override bool Step(RevocationPass pass)
    {
        var granted = !new FileRevocation(grant).Step(pass);
        // A start that had passed its assertion before goes on from command to command: each finds itself frozen before it can do anything, and is killed, until the manager gives up.
        var lives = pass.Urgent && Hierarchies.Count(hierarchy => Write(hierarchy, "cgroup.freeze", '1') && KillIn(hierarchy)) > 0;
        if (!_stopped.Step(pass) || granted || lives) return false;
        foreach (var hierarchy in Hierarchies) Write(hierarchy, "cgroup.freeze", '0'); // The manager may keep the empty group for the next start.
        return true;
    }

    /// <summary>Kills every process of the group by one write; returns whether there were any.</summary>
    private bool KillIn(string hierarchy)
    {
        try
        {
            return !File.ReadAllText($"{hierarchy}{controlGroup}/cgroup.events").Contains("populated 0", StringComparison.Ordinal) && Write(hierarchy, "cgroup.kill", '1');
        }
        catch (IOException)
        {
            return false; // It was removed while we looked.
        }
    }

    /// <summary>Returns false where there is no such file: not a group of this hierarchy, or a hierarchy of the older kind, which the manager empties by itself.</summary>
    private unsafe bool Write(string hierarchy, string name, char value)
    {
        var file = Libc.Open($"{hierarchy}{controlGroup}/{name}", Libc.O_WRONLY);
        if (file < 0) return false;
        var one = (byte)value;
        var written = Libc.write(file, &one, 1);
        Libc.close(file);
        return written == 1;
    }
}
