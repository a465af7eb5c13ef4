using Holdfast.Leash.Native;

namespace Holdfast.Leash.Serving;

/// <summary>One agent process that this leash started, until it is reaped.</summary>
internal sealed class AgentProcess(int id, bool standsBy)
{
    private int _descriptor = Libc.PidFdOpen(id);

    public int Id { get; } = id;

    public long StartedAt { get; } = BootClock.Now.BootNanoseconds;

    /// <summary>Gets or sets whether it was started to wait and was not given control yet.</summary>
    public bool StandsBy { get; set; } = standsBy;

    /// <summary>Gets whether it was reaped. What has ended but was not reaped keeps its id, so that no stranger is taken for it.</summary>
    public bool IsReaped => _descriptor < 0;

    public void WatchEnd(Reactor reactor, Action<AgentProcess> ended) => reactor.Watch(_descriptor, Libc.EPOLLIN, _ => ended(this));

    public void Signal(int signal)
    {
        if (!IsReaped) Libc.PidFdSendSignal(_descriptor, signal);
    }

    /// <summary>Sets the priority of every thread; to be called before it is asked to do anything, while no new ones come.</summary>
    public void SetNice(int nice)
    {
        try
        {
            foreach (var task in Directory.EnumerateDirectories($"/proc/{Id}/task")) Libc.setpriority(0 /* PRIO_PROCESS: one thread */, int.Parse(Path.GetFileName(task)), nice);
        }
        catch (IOException)
        {
            // It has just ended.
        }
    }

    /// <summary>Returns its exit code, or -1 when it has not ended.</summary>
    public int Reap(Reactor reactor)
    {
        var code = Spawn.Reap(Id);
        if (code < 0) return code;
        reactor.Forget(_descriptor);
        Libc.close(_descriptor);
        _descriptor = -1;
        return code;
    }
}
