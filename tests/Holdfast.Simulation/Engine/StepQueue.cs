namespace Holdfast.Simulation.Engine;

/// <summary>What is ready to go on: one step at a time on one thread, in an order drawn from the seed.</summary>
internal sealed class StepQueue(Random random)
{
    private readonly List<Step> _ready = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <summary>Gets where something came from another thread: then the order is not the seed's any more, and what a seed shows cannot be shown again.</summary>
    public string? Escape { get; private set; }

    /// <summary>Gets how many steps were made.</summary>
    public long Count { get; private set; }

    /// <summary>Adds what an actor is to do next.</summary>
    public void Add(Actor actor, SendOrPostCallback callback, object? state)
    {
        if (Environment.CurrentManagedThreadId == _thread) _ready.Add(new(actor, callback, state));
        else Escape ??= Environment.StackTrace;
    }

    /// <summary>Makes one step that is ready; false when there is none.</summary>
    public bool Next()
    {
        if (_ready.Count == 0) return false;
        var chosen = random.Next(_ready.Count);
        var step = _ready[chosen];
        _ready[chosen] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        Count++;
        step.Actor.Do(step);
        return true;
    }

    /// <summary>One continuation of one actor.</summary>
    internal readonly record struct Step(Actor Actor, SendOrPostCallback Callback, object? State);
}
