namespace Holdfast.Store;

/// <summary>How loops wait before they try again.</summary>
public static class LoopPause
{
    /// <summary>Waits; when cancelled it just returns, because the loop's own condition ends the loop.</summary>
    public static async Task PauseAsync(this TimeProvider time, TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(pause, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
        }
    }
}
