namespace Holdfast.Store;

/// <summary>
/// Something that happens once and that any number of loops wait for. They go on in the context that the signal was made in:
/// a plain completion source continues <c>WaitAsync</c> and <c>WhenAny</c> on the pool, behind a simulation's back.
/// </summary>
public sealed class Signal
{
    private readonly TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Signal() => Task = ObserveAsync();

    /// <summary>Gets a task that ends when it happened.</summary>
    public Task Task { get; }

    /// <summary>Says that it happened; nobody who waits runs inside this call.</summary>
    public void Set() => _source.TrySetResult();

    /// <summary>Says that it will not happen.</summary>
    public void Cancel() => _source.TrySetCanceled();

    private async Task ObserveAsync() => await _source.Task;
}
