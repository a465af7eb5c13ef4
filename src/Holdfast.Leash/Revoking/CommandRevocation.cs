using Holdfast.Leash.Native;

namespace Holdfast.Leash.Revoking;

/// <summary>Runs a command again and again until it exits with 0. It begins when the unit's processes are over, and dies with the thread that drives it.</summary>
internal sealed class CommandRevocation(TimeSpan limit, string[] command) : Revocation
{
    private const long Pause = 100_000_000;

    private readonly string[] _chain = ["setpriv", "--pdeathsig", "KILL", "--", .. command];
    private int _pid;
    private long _notBefore;
    private long _until;
    private bool _succeeded;

    public override bool Step(RevocationPass pass)
    {
        if (_succeeded || !pass.ProcessesOver) return _succeeded;
        var now = BootClock.Now.BootNanoseconds;
        if (_pid == 0)
        {
            if (now < _notBefore) return false;
            var nothing = Libc.Open("/dev/null", Libc.O_RDWR);
            _pid = Math.Max(Spawn.Start(_chain, ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/root"], nothing, nothing, nothing, -1, newSession: true), 0);
            Libc.close(nothing);
            (_until, _notBefore) = (now + (limit.Ticks * 100), now + Pause);
            return false;
        }

        var code = Spawn.Reap(_pid);
        if (code < 0)
        {
            if (now > _until) Libc.kill(-_pid, Libc.SIGKILL);
            return false;
        }

        (_pid, _notBefore, _succeeded) = (0, now + Pause, code == 0);
        return _succeeded;
    }
}
