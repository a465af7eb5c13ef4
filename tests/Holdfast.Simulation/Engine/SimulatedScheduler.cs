namespace Holdfast.Simulation.Engine;

/// <summary>Runs what is ready on one thread, one at a time, in an order drawn from the seed.</summary>
internal sealed class SimulatedScheduler(Random random) : TaskScheduler
{
    private readonly Lock _gate = new();
    private readonly List<Task> _ready = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <summary>Gets where something came from another thread: then the order is not the seed's any more, and what a seed shows cannot be shown again.</summary>
    public string? Escape { get; private set; }

    /// <summary>Gets how many steps were made.</summary>
    public long Steps { get; private set; }

    /// <summary>Runs one task that is ready; false when there is none.</summary>
    public bool Step()
    {
        Task next;
        lock (_gate)
        {
            if (_ready.Count == 0) return false;
            var chosen = random.Next(_ready.Count);
            next = _ready[chosen];
            _ready.RemoveAt(chosen);
        }

        Steps++;
        TryExecuteTask(next);
        return true;
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            if (Environment.CurrentManagedThreadId != _thread) Escape ??= Environment.StackTrace;
            _ready.Add(task);
        }
    }

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate) return [.. _ready];
    }
}
