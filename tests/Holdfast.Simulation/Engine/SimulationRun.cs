namespace Holdfast.Simulation.Engine;

/// <summary>Everything in one thread under virtual time, from one seed: the same seed gives the same run.</summary>
internal sealed class SimulationRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1); // A scenario that takes longer waits for something that never comes.
    private const int StepsAtOnce = 100_000;
    private const int TraceLines = 120;
    private readonly StepQueue _steps;
    private readonly List<string> _log = [];
    private Exception? _failure;

    private SimulationRun(long seed)
    {
        Seed = seed;
        var dice = new Random(unchecked((int)seed ^ (int)(seed >> 32)));
        Random = dice;
        _steps = new StepQueue(new Random(dice.Next()));
        World = NewActor();
    }

    public long Seed { get; }

    /// <summary>Gets the dice of the scenario; the order of steps has its own.</summary>
    public Random Random { get; }

    public SimulatedTime Time { get; } = new();

    /// <summary>Gets who plays the scenario, the network and the kernels: it is never paused.</summary>
    public Actor World { get; }

    /// <summary>Gets what happened, for a failing seed and for comparing two runs.</summary>
    public IReadOnlyList<string> Log => _log;

    public long Steps => _steps.Count;

    /// <summary>Runs a scenario to its end.</summary>
    /// <exception cref="SimulationException">It did not go as it must; with the seed, the virtual time and the last of what happened.</exception>
    public static SimulationRun Play(long seed, Func<SimulationRun, Task> scenario)
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

    /// <summary>A process of this world.</summary>
    public Actor NewActor() => new(_steps, Fail);

    /// <summary>Ends the simulation with this; the first one counts.</summary>
    public void Fail(Exception exception) => _failure ??= exception;

    /// <summary>Ends the simulation because an invariant broke.</summary>
    public void Fail(string broken) => Fail(new SimulationException(broken));

    public void Note(string what) => _log.Add($"{Time.Now.TotalMilliseconds,10:0.000} {what}");

    /// <summary>Waits exactly so long; <c>Task.Delay</c> counts whole milliseconds only.</summary>
    public Task Delay(TimeSpan time)
    {
        var over = new TaskCompletionSource();
        Time.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), over, time > TimeSpan.Zero ? time : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        return over.Task;
    }

    /// <summary>Waits for a condition; fails when it does not come true within the limit.</summary>
    public async Task Until(Func<bool> condition, TimeSpan within, string what)
    {
        var end = Time.Now + within;
        while (!condition())
        {
            if (Time.Now >= end) throw new SimulationException($"Not within {within.TotalSeconds} s: {what}");
            await Delay(within > TimeSpan.FromSeconds(20) ? TimeSpan.FromMilliseconds(20) : TimeSpan.FromMilliseconds(1));
        }
    }

    /// <summary>A time between two.</summary>
    public TimeSpan Between(double fromMilliseconds, double toMilliseconds) =>
        TimeSpan.FromTicks((long)((fromMilliseconds + (Random.NextDouble() * (toMilliseconds - fromMilliseconds))) * TimeSpan.TicksPerMillisecond));

    private void Play(Func<SimulationRun, Task> scenario)
    {
        var run = World.AskAsync(async () =>
        {
            await scenario(this);
            return 0;
        });
        do
        {
            var until = Steps + StepsAtOnce;
            while (_failure is null && _steps.Next())
            {
                if (Steps > until) Fail($"More than {StepsAtOnce} steps without any time passing: something spins.");
            }
        }
        while (_failure is null && !run.IsCompleted && Time.AdvanceToNext(Limit));

        var failure = _failure ?? run.Exception?.InnerException ?? (run.IsCompletedSuccessfully ? null : new SimulationException("The scenario waits for something that never comes."));
        if (_steps.Escape is { } escape) failure = new SimulationException($"Something left the simulation's thread:\n{escape}", failure);
        if (failure is not null) throw new SimulationException($"Seed {Seed} at {Time.Now.TotalMilliseconds:0.000} ms: {failure.Message}\n{string.Join('\n', _log.TakeLast(TraceLines))}", failure);
    }
}
