using Holdfast.Cli.CommandLine;

namespace Holdfast.Cli.Vaults;

/// <summary>Tells a person now and then why a command waits for its vault.</summary>
internal sealed class WaitNotice(Invocation run)
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long? _told;

    /// <summary>Tells it, unless it was told just now: many requests wait at once, all for the same reason.</summary>
    public void Tell(HoldfastException error, TimeSpan wait)
    {
        var time = run.Surroundings.Time;
        lock (_gate)
        {
            if (_told is { } before && time.GetElapsedTime(before) < TellEvery) return;
            _told = time.GetTimestamp();
            run.Report.Warn($"{error.Message.TrimEnd('.')}. It is tried again.");
        }
    }
}
