namespace Holdfast.Leash.Native;

/// <summary>A thread's sleep: until an absolute instant of CLOCK_BOOTTIME, or until somebody rings. Neither side allocates.</summary>
internal sealed unsafe class Alarm
{
    private readonly int _bell = Libc.eventfd(0, 0x80800); // EFD_CLOEXEC | EFD_NONBLOCK
    private readonly int _timer = Libc.timerfd_create(Libc.CLOCK_BOOTTIME, 0x80800);

    /// <summary>Ends the sleep of the other thread, now or when it next begins.</summary>
    public void Ring()
    {
        long one = 1;
        Libc.write(_bell, &one, 8);
    }

    /// <summary>Sleeps until the instant.</summary>
    public void SleepUntil(long bootNanoseconds)
    {
        var at = Math.Max(bootNanoseconds, 1); // Zero would disarm the timer.
        var spec = new Libc.TimerSpec { Value = new() { Seconds = at / 1_000_000_000, Nanoseconds = at % 1_000_000_000 } };
        Libc.timerfd_settime(_timer, 1 /* TFD_TIMER_ABSTIME */, &spec, null);
        var fds = stackalloc Libc.PollFd[2];
        fds[0] = new() { Fd = _bell, Events = Libc.POLLIN };
        fds[1] = new() { Fd = _timer, Events = Libc.POLLIN };
        Libc.poll(fds, 2, -1);
        long ignored;
        Libc.read(_bell, &ignored, 8);
    }
}
