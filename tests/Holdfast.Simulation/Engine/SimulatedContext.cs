namespace Holdfast.Simulation.Engine;

/// <summary>Brings every continuation to the simulation's scheduler.</summary>
internal sealed class SimulatedContext(TaskScheduler scheduler, Action<Exception> failed) : SynchronizationContext
{
    /// <inheritdoc/>
    public override void Post(SendOrPostCallback callback, object? state) => Task.Factory.StartNew(
        () =>
        {
            SetSynchronizationContext(this);
            try
            {
                callback(state);
            }
            catch (Exception exception)
            {
                failed(exception);
            }
            finally
            {
                SetSynchronizationContext(null);
            }
        },
        CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback callback, object? state) => throw new NotSupportedException("Nothing in a simulation may block.");

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;
}
