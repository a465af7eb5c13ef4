using Holdfast.Leash.Native;

namespace Holdfast.Leash.Serving;

/// <summary>
/// Keeps two agents running: the one that controls, and one that has started and waits to go on in its place. When the first
/// ends, roles do not notice. Both die with the leash.
/// </summary>
internal sealed class AgentKeeper(LeashShell shell)
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    /// <summary>After another took control: that one has the machine's attention first.</summary>
    private static readonly TimeSpan StandbyDelay = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan LongestStandbyDelay = TimeSpan.FromMinutes(1);

    /// <summary>
    /// For the agent's runtime, where it can only be given by its environment: double mapping of generated code costs an agent
    /// that starts a tenth of its time, and the youngest generation would be as large as the processor's cache, and every
    /// thread have an arena, for the little that is allocated.
    /// </summary>
    private static readonly string[] RuntimeSettings = ["DOTNET_EnableWriteXorExecute=0", "DOTNET_GCgen0size=0x100000", "MALLOC_ARENA_MAX=2"];

    /// <summary>The agent renews the lease: it runs before the roles that depend on that, which keep the leash's own priority.</summary>
    private const int AgentNice = -10;

    /// <summary>Starting up takes a second of work that nobody waits for.</summary>
    private const int StandbyNice = 19;

    private AgentProcess? _agent;
    private AgentProcess? _standby;
    private IDisposable? _standbyDue;
    private TimeSpan _delay;
    private TimeSpan _standbyDelay = StandbyDelay;
    private Action? _ended;

    /// <summary>Gets or sets who is told that a process was reaped.</summary>
    public Action Reaped { get; set; } = () => { };

    /// <summary>Gets whether the leash is ending.</summary>
    public bool IsStopping => _ended is not null;

    /// <summary>Finds the process that a connection comes from; null for one that this leash did not start.</summary>
    public AgentProcess? Find(int processId) => _agent?.Id == processId ? _agent : _standby?.Id == processId ? _standby : null;

    public void Start()
    {
        if (_ended is not null) return;
        _agent = Launch("agent", standsBy: false);
        if (_agent is null) Again();
    }

    /// <summary>Takes note that a process was given control: from now on the next one is needed.</summary>
    public void Controls(AgentProcess process)
    {
        if (process.StandsBy)
        {
            if (!shell.Settings.Unprivileged) process.SetNice(AgentNice);
            Log.Write("agent-promoted", $"process {process.Id}");
        }

        process.StandsBy = false;
        PlanStandby(StandbyDelay);
    }

    /// <summary>Asks the agent to hand over its roles and end; calls back when it has, or when it was killed after the limit.</summary>
    public void Stop(TimeSpan limit, Action ended)
    {
        _ended = ended;
        shell.Reactor.After(limit, Kill);
        // The standby first, or it would go on where the other ends.
        if (_standby is { } standby) standby.Signal(Libc.SIGKILL);
        else StopAgent();
    }

    public void Kill()
    {
        _standby?.Signal(Libc.SIGKILL);
        _agent?.Signal(Libc.SIGKILL);
    }

    private void StopAgent()
    {
        if (_agent is { } agent) agent.Signal(Libc.SIGTERM);
        else _ended!();
    }

    private AgentProcess? Launch(string name, bool standsBy)
    {
        // The parent-death signal is not set before setpriv runs; should we die in that gap, the shell sees that its parent changed.
        string[] ahead = shell.Settings.Unprivileged ? [] : ["nice", "-n", $"{(standsBy ? StandbyNice : AgentNice)}"];
        string[] chain = [.. ahead, "setpriv", "--pdeathsig", "KILL", "--", "sh", "-c", $"[ \"$PPID\" = {Environment.ProcessId} ] || exit 125; exec \"$@\"", "agent", .. shell.Settings.Agent];
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Where(variable => (string)variable.Key is not ("HOLDFAST_RUN" or "HOLDFAST_STATE" or Program.FaultVariable)).Select(variable => $"{variable.Key}={variable.Value}")
            .Concat(RuntimeSettings).Append($"HOLDFAST_RUN={shell.Settings.RunDirectory}").Append($"HOLDFAST_STATE={shell.Settings.StateDirectory}").ToArray();
        var pid = Spawn.Start(chain, environment, 0, 1, 2, -1, newSession: false);
        if (pid < 0)
        {
            Log.Write($"{name}-failed", $"cannot start {shell.Settings.Agent[0]}: error {-pid}");
            return null;
        }

        Log.Write($"{name}-started", $"process {pid}");
        var process = new AgentProcess(pid, standsBy);
        process.WatchEnd(shell.Reactor, Exited);
        return process;
    }

    private void Exited(AgentProcess process)
    {
        var code = process.Reap(shell.Reactor);
        if (code < 0) return;
        var wasStandby = process == _standby;
        Log.Write(wasStandby ? "standby-ended" : "agent-ended", $"exit code {code}");
        if (wasStandby) _standby = null;
        else if (_ended is null) (_agent, _standby) = (_standby, null);
        else _agent = null;
        if (!wasStandby) _standbyDue?.Dispose(); // The next that takes control asks for one.

        Reaped();
        if (_ended is { } ended)
        {
            if (wasStandby) StopAgent();
            else if (_standby is null) ended();
        }
        else if (wasStandby)
        {
            StandbyAgain(process.StartedAt);
        }
        else if (_agent is null)
        {
            Again(process.StartedAt);
        }
    }

    /// <summary>At once the first time: the lease is running. Then with growing pauses, so that an agent that cannot start does not burn the machine.</summary>
    private void Again(long? startedAt = null)
    {
        if (HadSettled(startedAt)) _delay = TimeSpan.Zero;
        var delay = _delay;
        _delay = delay == TimeSpan.Zero ? TimeSpan.FromMilliseconds(50) : Shorter(delay * 2, LongestDelay);
        shell.Reactor.After(delay, Start);
    }

    private void PlanStandby(TimeSpan delay)
    {
        if (!shell.Settings.KeepsStandby) return;
        _standbyDue?.Dispose();
        _standbyDue = shell.Reactor.After(delay, StartStandby);
    }

    private void StartStandby()
    {
        if (_ended is not null || _standby is not null || _agent is null) return;
        _standby = Launch("standby", standsBy: true);
        if (_standby is null) StandbyAgain();
    }

    private void StandbyAgain(long? startedAt = null)
    {
        _standbyDelay = HadSettled(startedAt) ? StandbyDelay : Shorter(_standbyDelay * 2, LongestStandbyDelay);
        PlanStandby(_standbyDelay);
    }

    private static bool HadSettled(long? startedAt) => startedAt is { } then && BootClock.Now.BootNanoseconds - then > Settled.Ticks * 100;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
