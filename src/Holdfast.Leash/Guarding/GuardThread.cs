using Holdfast.Leash.Core;
using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;
using Holdfast.Leash.Serving;

namespace Holdfast.Leash.Guarding;

/// <summary>A dedicated real-time thread that looks at the leash, acts, and says when it wants to look again. A pass allocates nothing.</summary>
internal abstract class GuardThread(string name, LeashShell shell)
{
    /// <summary>Until somebody rings, or a minute has passed.</summary>
    protected const long Never = long.MaxValue;

    private const int Priority = 40;

    private readonly Alarm _alarm = new();
    private Thread? _thread;

    protected LeashShell Shell { get; } = shell;

    /// <summary>Gets whether the kernel gave it real-time priority.</summary>
    public bool IsRealTime { get; private set; }

    public void Start()
    {
        using var running = new ManualResetEventSlim();
        _thread = new Thread(() =>
        {
            IsRealTime = RealTime.TryRaise(Priority);
            running.Set();
            Run();
        }) { Name = name, IsBackground = true };
        _thread.Start();
        running.Wait();
    }

    public void Wake() => _alarm.Ring();

    /// <summary>Looks once; returns the instant of CLOCK_BOOTTIME to look again.</summary>
    protected abstract long Pass(LeashInstant now);

    /// <summary>Copies the units of a kind that belong to roles. Under the gate.</summary>
    protected int Copy(UnitEntry[] to, UnitKind? kind)
    {
        var count = 0;
        var units = Shell.Core.Units;
        for (var i = 0; i < units.Count; i++)
        {
            if (!units[i].IsInfrastructure && (kind is null || units[i].Kind == kind)) to[count++] = units[i];
        }

        return count;
    }

    private void Run()
    {
        while (true)
        {
            var now = BootClock.Now;
            var next = Pass(now);
            _alarm.SleepUntil(Math.Min(next, now.BootNanoseconds + 60_000_000_000));
        }
    }
}
