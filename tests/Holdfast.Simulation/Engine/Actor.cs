namespace Holdfast.Simulation.Engine;

/// <summary>
/// A process of the simulated world. All its code runs under it as the present <see cref="SynchronizationContext"/>, so that it
/// can be paused and killed as the kernel does it: between any two of its steps, without its help.
/// </summary>
internal sealed class Actor(StepQueue steps, Action<Exception> failed) : SynchronizationContext
{
    private readonly List<StepQueue.Step> _held = [];

    /// <summary>Gets whether it stands still; what comes for it waits.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Gets whether it is over; what it had in mind is never done.</summary>
    public bool IsDead { get; private set; }

    public void Pause() => IsPaused = true;

    public void Resume()
    {
        IsPaused = false;
        foreach (var step in _held) steps.Add(this, step.Callback, step.State);
        _held.Clear();
    }

    public void Kill()
    {
        IsDead = true;
        _held.Clear();
    }

    /// <summary>Lets it do something; the answer reaches who asked as a step of its own.</summary>
    public Task<T> AskAsync<T>(Func<Task<T>> act)
    {
        var answer = new TaskCompletionSource<T>();
        Post(static state => ((Action)state!)(), (Action)Begin);
        return answer.Task;

        async void Begin()
        {
            try
            {
                answer.TrySetResult(await act());
            }
            catch (Exception exception)
            {
                answer.TrySetException(exception);
            }
        }
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback callback, object? state) => steps.Add(this, callback, state);

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback callback, object? state) => throw new NotSupportedException("Nothing in a simulation may block.");

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    internal void Do(StepQueue.Step step)
    {
        if (IsDead) return;
        if (IsPaused)
        {
            _held.Add(step);
            return;
        }

        SetSynchronizationContext(this);
        try
        {
            step.Callback(step.State);
        }
        catch (Exception exception)
        {
            failed(exception);
        }
        finally
        {
            SetSynchronizationContext(null);
        }
    }
}
