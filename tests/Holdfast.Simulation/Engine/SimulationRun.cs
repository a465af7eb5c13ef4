namespace Holdfast.Simulation.Engine;

/// <summary>Everything in one thread under virtual time, from one seed: the same seed gives the same run.</summary>
internal sealed class SimulationRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1); // A scenario that takes longer waits for something that never comes.
    private const int StepsAtOnce = 100_000;
    private readonly SimulatedScheduler _scheduler;
    private readonly SimulatedContext _context;
    private readonly List<string> _log = [];
    private Exception? _failure;

    private SimulationRun(int seed)
    {
        Seed = seed;
        Random = new Random(seed);
        _scheduler = new SimulatedScheduler(new Random(seed ^ 0x5eed));
        _context = new SimulatedContext(_scheduler, Fail);
    }

    public int Seed { get; }

    /// <summary>Gets the dice of the scenario; the order of steps has its own.</summary>
    public Random Random { get; }

    public SimulatedTime Time { get; } = new();

    /// <summary>Gets what happened, for a failing seed and for comparing two runs.</summary>
    public IReadOnlyList<string> Log => _log;

    public long Steps => _scheduler.Steps;

    /// <summary>Runs a scenario to its end.</summary>
    public static SimulationRun Run(int seed, Func<SimulationRun, Task> scenario)
    {
        var simulation = new SimulationRun(seed);
        var before = SynchronizationContext.Current;
        try
        {
            simulation.Play(scenario);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        return simulation;
    }

    /// <summary>Does something beside the simulation, and waits for it: what only reads and writes files.</summary>
    public static T Outside<T>(Func<Task<T>> act) => Task.Run(act).GetAwaiter().GetResult();

    /// <summary>Ends the simulation with this; the first one counts.</summary>
    public void Fail(Exception exception) => _failure ??= exception;

    public void Note(string what) => _log.Add($"{Time.Now.TotalMilliseconds,10:0.000} {what}");

    /// <summary>Waits exactly so long; <c>Task.Delay</c> counts whole milliseconds only.</summary>
    public Task Delay(TimeSpan time, CancellationToken cancellationToken = default)
    {
        var over = new TaskCompletionSource();
        Time.CreateTimer(_ => over.TrySetResult(), null, time > TimeSpan.Zero ? time : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        return over.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Waits for a condition; fails when it does not come true within the limit.</summary>
    public async Task Until(Func<bool> condition, TimeSpan within, string what)
    {
        var end = Time.Now + within;
        while (!condition())
        {
            if (Time.Now >= end) throw new SimulationException($"Not within {within.TotalSeconds} s: {what}");
            await Delay(TimeSpan.FromMilliseconds(1));
        }
    }

    /// <summary>A time between two.</summary>
    public TimeSpan Between(double fromMilliseconds, double toMilliseconds) =>
        TimeSpan.FromTicks((long)((fromMilliseconds + (Random.NextDouble() * (toMilliseconds - fromMilliseconds))) * TimeSpan.TicksPerMillisecond));

    private void Play(Func<SimulationRun, Task> scenario)
    {
        SynchronizationContext.SetSynchronizationContext(_context);
        var run = scenario(this);
        SynchronizationContext.SetSynchronizationContext(null); // Timers fire outside, so that what they continue is queued.
        do
        {
            var until = Steps + StepsAtOnce;
            while (_failure is null && _scheduler.Step())
            {
                if (Steps > until) Fail(new InvalidOperationException($"More than {StepsAtOnce} steps without any time passing: something spins."));
            }
        }
        while (_failure is null && !run.IsCompleted && Time.AdvanceToNext(Limit));

        var failure = _failure ?? run.Exception?.InnerException ?? (run.IsCompletedSuccessfully ? null : new SimulationException("The scenario waits for something that never comes."));
        if (_scheduler.Escape is { } escape) failure = new SimulationException($"Something left the simulation's thread:\n{escape}", failure);
        if (failure is not null) throw new SimulationException($"Seed {Seed} at {Time.Now.TotalMilliseconds:0.000} ms: {failure.Message}\n{string.Join('\n', _log.TakeLast(80))}", failure);
    }
}
