namespace Holdfast.Store.Etcd.Grpc;

/// <summary>Waiting for a task for a while without giving it up.</summary>
internal static class Patience
{
    /// <summary>Returns whether a task ended within a limit. Its own failure is not thrown here.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up; the task is left to itself.</exception>
    public static async Task<bool> EndsWithinAsync(this Task task, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (task.IsCompleted)
        {
            return true;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(task, Task.Delay(limit, TimeProvider.System, ended.Token));
        await ended.CancelAsync(); // Frees the timer.
        if (!task.IsCompleted && cancellationToken.IsCancellationRequested)
        {
            task.Forget();
            cancellationToken.ThrowIfCancellationRequested();
        }

        return task.IsCompleted;
    }

    /// <summary>Lets a task end unobserved.</summary>
    public static void Forget(this Task task) => task.ContinueWith(
        static ended => _ = ended.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
