namespace Holdfast.Lab.Linux;

/// <summary>Waits for facts of the machine that nobody announces.</summary>
public static class Waiting
{
    /// <summary>Looks every few milliseconds until a condition holds.</summary>
    /// <exception cref="TimeoutException">It did not hold within the limit; the message names it.</exception>
    public static async Task UntilAsync(Func<bool> condition, TimeSpan limit, string what, CancellationToken cancellationToken = default) =>
        await UntilAsync(() => Task.FromResult(condition()), limit, what, TimeSpan.FromMilliseconds(5), cancellationToken);

    /// <summary>Looks again and again until a condition holds.</summary>
    /// <exception cref="TimeoutException">It did not hold within the limit; the message names it.</exception>
    public static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan limit, string what, TimeSpan interval, CancellationToken cancellationToken = default)
    {
        var end = BootClock.Now + limit;
        while (!await condition())
        {
            if (BootClock.Now > end)
            {
                throw new TimeoutException($"{what}: not within {limit.TotalSeconds:0.#} s");
            }

            await Task.Delay(interval, TimeProvider.System, cancellationToken);
        }
    }
}
