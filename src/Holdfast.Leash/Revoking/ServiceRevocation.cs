using Holdfast.Leash.Native;

namespace Holdfast.Leash.Revoking;

/// <summary>
/// Ends a service of the machine's service manager. First what needs nobody's help: the grant is removed, so that no job that is
/// queued, no restart, timer or socket starts it any more, and its control group is killed. Then the manager is asked to stop it, which
/// also cancels its jobs, and is believed only when it says that it is neither active nor about to be.
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
        // A start that had passed its assertion before goes on from command to command: each is killed, until the manager gives up.
        var lives = pass.Urgent && Hierarchies.Any(KillIn);
        return _stopped.Step(pass) && !granted && !lives;
    }

    /// <summary>Kills every process of the group by one write; returns whether there were any.</summary>
    private unsafe bool KillIn(string hierarchy)
    {
        var group = hierarchy + controlGroup;
        var kill = Libc.Open(group + "/cgroup.kill", Libc.O_WRONLY);
        if (kill < 0) return false; // Not there, or a hierarchy of the older kind, which the manager empties by itself.
        try
        {
            if (File.ReadAllText(group + "/cgroup.events").Contains("populated 0", StringComparison.Ordinal)) return false;
            var one = (byte)'1';
            Libc.write(kill, &one, 1);
            return true;
        }
        catch (IOException)
        {
            return false; // It was removed while we looked.
        }
        finally
        {
            Libc.close(kill);
        }
    }
}
