using Holdfast.Leash.Native;

namespace Holdfast.Leash.Serving;

/// <summary>Starts the agent and starts it again when it ends; roles do not notice. It dies with the leash.</summary>
internal sealed class AgentKeeper(LeashShell shell)
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    /// <summary>
    /// For the agent's runtime, where it can only be given by its environment: an agent that was killed has half a second to
    /// take up its lease again, and double mapping of generated code costs it a tenth of that, and memory.
    /// </summary>
    private const string NoDoubleMapping = "DOTNET_EnableWriteXorExecute=0";

    private int _pid;
    private int _pidFd = -1;
    private long _startedAt;
    private TimeSpan _delay;
    private Action? _ended;

    public void Start()
    {
        if (_ended is not null) return;
        // The parent-death signal is not set before setpriv runs; should we die in that gap, the shell sees that its parent changed.
        // The agent renews the lease: it runs before the roles that depend on that, which keep the leash's own priority.
        string[] ahead = shell.Settings.Unprivileged ? [] : ["nice", "-n", "-10"];
        string[] chain = [.. ahead, "setpriv", "--pdeathsig", "KILL", "--", "sh", "-c", $"[ \"$PPID\" = {Environment.ProcessId} ] || exit 125; exec \"$@\"", "agent", .. shell.Settings.Agent];
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Where(variable => (string)variable.Key is not ("HOLDFAST_RUN" or "HOLDFAST_STATE" or Program.FaultVariable)).Select(variable => $"{variable.Key}={variable.Value}")
            .Append(NoDoubleMapping).Append($"HOLDFAST_RUN={shell.Settings.RunDirectory}").Append($"HOLDFAST_STATE={shell.Settings.StateDirectory}").ToArray();
        _pid = Spawn.Start(chain, environment, 0, 1, 2, -1, newSession: false);
        if (_pid < 0)
        {
            Log.Write("agent-failed", $"cannot start {shell.Settings.Agent[0]}: error {-_pid}");
            Again();
            return;
        }

        _startedAt = BootClock.Now.BootNanoseconds;
        _pidFd = Libc.PidFdOpen(_pid);
        Log.Write("agent-started", $"process {_pid}");
        shell.Reactor.Watch(_pidFd, Libc.EPOLLIN, _ => Exited());
    }

    /// <summary>Asks the agent to hand over its roles and end; calls back when it has, or when it was killed after the limit.</summary>
    public void Stop(TimeSpan limit, Action ended)
    {
        _ended = ended;
        if (_pidFd < 0)
        {
            ended();
            return;
        }

        Libc.PidFdSendSignal(_pidFd, Libc.SIGTERM);
        shell.Reactor.After(limit, Kill);
    }

    public void Kill()
    {
        if (_pidFd >= 0) Libc.PidFdSendSignal(_pidFd, Libc.SIGKILL);
    }

    private void Exited()
    {
        var code = Spawn.Reap(_pid);
        if (code < 0) return;
        shell.Reactor.Forget(_pidFd);
        Libc.close(_pidFd);
        _pidFd = -1;
        Log.Write("agent-ended", $"exit code {code}");
        if (_ended is not null) _ended();
        else Again();
    }

    /// <summary>At once the first time: the lease is running. Then with growing pauses, so that an agent that cannot start does not burn the machine.</summary>
    private void Again()
    {
        if (BootClock.Now.BootNanoseconds - _startedAt > Settled.Ticks * 100) _delay = TimeSpan.Zero;
        var delay = _delay;
        _delay = delay == TimeSpan.Zero ? TimeSpan.FromMilliseconds(50) : delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        shell.Reactor.After(delay, Start);
    }
}
