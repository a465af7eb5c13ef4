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

    /// <summary>Waits until either token is cancelled or the time is over, and just returns.</summary>
    public static async Task PauseUntilAsync(this TimeProvider time, TimeSpan pause, CancellationToken changed, CancellationToken over)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(changed, over);
        await time.PauseAsync(pause, either.Token);
    }
}
