using System.Collections.Concurrent;
using Holdfast.Leash.Native;

namespace Holdfast.Leash.Serving;

/// <summary>
/// The leash's one serial queue (leases rule 12): a single thread that waits for descriptors, timers and posted work, and runs
/// every effect. It is also the thread that starts all children, because parent-death signals follow the thread. Nothing on it may block.
/// </summary>
internal sealed unsafe class Reactor
{
    private const int BatchSize = 32;

    private readonly int _epoll = Libc.epoll_create1(Libc.O_CLOEXEC);
    private readonly int _bell = Libc.eventfd(0, 0x80800);
    private readonly Dictionary<int, Registration> _registrations = [];
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Queue<Action> _later = new();
    private readonly PriorityQueue<Timer, long> _timers = new();
    private int _generation;
    private bool _stopped;

    public Reactor() => Watch(_bell, Libc.EPOLLIN, _ => DrainBell());

    /// <summary>Gets or sets what runs after each batch of events: the look at what the guard has changed.</summary>
    public Action? AfterBatch { get; set; }

    /// <summary>Wakes the thread without allocating; <see cref="AfterBatch"/> then runs.</summary>
    public void Ring()
    {
        long one = 1;
        Libc.write(_bell, &one, 8);
    }

    /// <summary>Runs the work on the thread. For threads that made a long step and hand back its result.</summary>
    public void Post(Action work)
    {
        _posted.Enqueue(work);
        Ring();
    }

    /// <summary>Runs the work on the thread, in the order of these calls, and looks at descriptors and timers between any two. From the thread itself.</summary>
    public void Later(Action work) => _later.Enqueue(work);

    /// <summary>Calls back while the descriptor is ready, until <see cref="Forget"/>.</summary>
    public void Watch(int fd, uint events, Action<uint> ready)
    {
        var exists = _registrations.ContainsKey(fd);
        var registration = new Registration(++_generation, ready);
        _registrations[fd] = registration;
        var change = new Libc.EpollEvent { Events = events, Data = ((long)registration.Generation << 32) | (uint)fd };
        if (Libc.epoll_ctl(_epoll, exists ? Libc.EPOLL_CTL_MOD : Libc.EPOLL_CTL_ADD, fd, &change) != 0) throw new IOException($"epoll_ctl: {Libc.LastError}");
    }

    /// <summary>Stops watching; to be called before the descriptor is closed.</summary>
    public void Forget(int fd)
    {
        if (!_registrations.Remove(fd)) return;
        var change = default(Libc.EpollEvent);
        Libc.epoll_ctl(_epoll, Libc.EPOLL_CTL_DEL, fd, &change);
    }

    /// <summary>Calls back once after a while. Dispose to cancel.</summary>
    public IDisposable After(TimeSpan delay, Action due)
    {
        var timer = new Timer(due);
        _timers.Enqueue(timer, BootClock.Now.BootNanoseconds + (delay.Ticks * 100));
        return timer;
    }

    /// <summary>Runs until <see cref="Stop"/>.</summary>
    public void Run()
    {
        var events = stackalloc Libc.EpollEvent[BatchSize];
        while (!_stopped)
        {
            var count = Libc.epoll_wait(_epoll, events, BatchSize, _later.Count > 0 ? 0 : MillisecondsToNextTimer());
            for (var i = 0; i < count; i++) Dispatch(events[i]);
            RunTimers();
            while (_posted.TryDequeue(out var work)) work();
            if (_later.TryDequeue(out var next)) next();
            AfterBatch?.Invoke();
        }
    }

    public void Stop() => _stopped = true;

    private void Dispatch(Libc.EpollEvent ready)
    {
        // The descriptor may have been closed and reused by an earlier callback of this batch; the generation tells.
        if (_registrations.TryGetValue((int)(ready.Data & 0xffffffff), out var registration) && registration.Generation == (int)(ready.Data >> 32))
        {
            registration.Ready(ready.Events);
        }
    }

    private int MillisecondsToNextTimer()
    {
        if (!_timers.TryPeek(out _, out var due)) return -1;
        var left = due - BootClock.Now.BootNanoseconds;
        return left <= 0 ? 0 : (int)Math.Min((left + 999_999) / 1_000_000, 60_000);
    }

    private void RunTimers()
    {
        while (_timers.TryPeek(out var timer, out var due) && (timer.Cancelled || due <= BootClock.Now.BootNanoseconds))
        {
            _timers.Dequeue();
            if (!timer.Cancelled) timer.Due();
        }
    }

    private void DrainBell()
    {
        long ignored;
        Libc.read(_bell, &ignored, 8);
    }

    private sealed record Registration(int Generation, Action<uint> Ready);

    private sealed class Timer(Action due) : IDisposable
    {
        public bool Cancelled { get; private set; }

        public void Due() => due();

        public void Dispose() => Cancelled = true;
    }
}
