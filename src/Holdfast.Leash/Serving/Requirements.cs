using Holdfast.Leash.Native;

namespace Holdfast.Leash.Serving;

/// <summary>What the leash needs of the machine, checked before anything is started.</summary>
internal static class Requirements
{
    private static readonly (string Tool, string Package)[] Tools =
    [
        ("sh", "dash"), ("env", "coreutils"), ("sleep", "coreutils"), ("setpriv", "util-linux"), ("unshare", "util-linux"), ("nsenter", "util-linux"),
    ];

    /// <summary>Names each tool that is missing, with its Debian package.</summary>
    public static IEnumerable<string> Missing() =>
        from need in Tools
        where !"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".Split(':').Any(folder => File.Exists(Path.Combine(folder, need.Tool)))
        select $"{need.Tool} is missing; install it (apt-get install {need.Package}).";

    /// <summary>Finds out how units can be kept together here, by trying.</summary>
    public static Isolation Probe(bool unprivileged)
    {
        if (Libc.geteuid() == 0 && !unprivileged) return Isolation.Namespaces;
        return Succeeds("unshare", "--user", "--map-current-user", "--mount", "--pid", "--fork", "--mount-proc", "--", "true") ? Isolation.UserNamespaces : Isolation.Sessions;
    }

    private static unsafe bool Succeeds(params string[] command)
    {
        var nothing = Libc.Open("/dev/null", Libc.O_RDWR);
        var pid = Spawn.Start(command, ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], nothing, nothing, nothing, -1, newSession: true);
        Libc.close(nothing);
        if (pid < 0) return false;
        var ended = new Libc.PollFd { Fd = Libc.PidFdOpen(pid), Events = Libc.POLLIN };
        Libc.poll(&ended, 1, 10_000);
        Libc.close(ended.Fd);
        Libc.kill(pid, Libc.SIGKILL);
        return Spawn.Reap(pid) == 0;
    }
}
