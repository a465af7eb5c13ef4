using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Holdfast.Lab.Linux;

/// <summary>
/// One thread that waits for many descriptors. What it serves takes part in measurements, so it asks for real-time
/// priority; without the right to that, a busy machine makes its times a little later.
/// </summary>
internal sealed unsafe class EventLoop : IDisposable
{
    internal const uint Readable = 1;
    internal const uint Urgent = 2;

    private const int RoundRobin = 2;
    private const int Batch = 64;
    private const int OperationAdd = 1;
    private const int OperationRemove = 2;

    private readonly int _epoll = Libc.Check(Libc.epoll_create1(Libc.CloseOnExec), "epoll_create1");
    private readonly int _wake = Libc.Check(Libc.eventfd(0, Libc.CloseOnExec | Libc.NonBlocking), "eventfd");
    private readonly Dictionary<int, Action> _handlers = [];
    private readonly ConcurrentQueue<Action> _posted = [];
    private bool _stopping;

    internal EventLoop() => Add(_wake, Readable, DrainWake);

    /// <summary>Calls a handler whenever a descriptor is ready. Handlers may be called once too often.</summary>
    internal void Add(int descriptor, uint events, Action handler)
    {
        var change = new Libc.EpollEvent { Events = events, Data = (ulong)descriptor };
        Libc.Check(Libc.epoll_ctl(_epoll, OperationAdd, descriptor, &change), "epoll_ctl");
        _handlers[descriptor] = handler;
    }

    /// <summary>Forgets a descriptor; call it before closing that.</summary>
    internal void Remove(int descriptor)
    {
        if (_handlers.Remove(descriptor))
        {
            Libc.EpollEvent ignored;
            Libc.epoll_ctl(_epoll, OperationRemove, descriptor, &ignored);
        }
    }

    /// <summary>Runs an action on the loop's thread soon. From any thread.</summary>
    internal void Post(Action action)
    {
        _posted.Enqueue(action);
        ulong one = 1;
        Libc.write(_wake, (byte*)&one, sizeof(ulong));
    }

    /// <summary>Ends <see cref="Run"/> after what was posted before. From any thread.</summary>
    internal void Stop() => Post(() => _stopping = true);

    /// <summary>Serves until stopped. Before each wait it does what is due and hears when it is next wanted, on <see cref="BootClock"/>.</summary>
    internal void Run(Func<TimeSpan> doWhatIsDue)
    {
        var priority = 10;
        Libc.sched_setscheduler(0, RoundRobin, &priority);
        var events = stackalloc Libc.EpollEvent[Batch];
        while (true)
        {
            while (_posted.TryDequeue(out var action))
            {
                action();
            }

            if (_stopping)
            {
                return;
            }

            var wait = doWhatIsDue() - BootClock.Now;
            var count = Libc.epoll_wait(_epoll, events, Batch, (int)Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 0, 1000));
            if (count < 0 && Marshal.GetLastPInvokeError() != Libc.Interrupted)
            {
                throw Libc.Failure("epoll_wait");
            }

            for (var index = 0; index < count; index++)
            {
                if (_handlers.TryGetValue((int)events[index].Data, out var handler))
                {
                    handler();
                }
            }
        }
    }

    /// <summary>Closes the loop's own descriptors; its thread must have ended.</summary>
    public void Dispose()
    {
        Libc.close(_epoll);
        Libc.close(_wake);
    }

    private void DrainWake()
    {
        ulong count;
        Libc.read(_wake, (byte*)&count, sizeof(ulong));
    }
}
