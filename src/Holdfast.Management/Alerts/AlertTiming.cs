namespace Holdfast.Management.Alerts;

/// <summary>The times that the engine goes by.</summary>
internal static class AlertTiming
{
    /// <summary>What closed comes back as the same alert within this time.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    /// <summary>An alert that opened so often within <see cref="Memory"/> flaps.</summary>
    public const int FlapCount = 4;

    /// <summary>A flapping alert is over when nothing came for so long.</summary>
    public static readonly TimeSpan FlapQuiet = TimeSpan.FromMinutes(15);

    /// <summary>How often what is said of an open alert is brought up to date, so that a number which changes all the time is not written all the time.</summary>
    public static readonly TimeSpan Refresh = TimeSpan.FromMinutes(1);

    /// <summary>When a message that did not arrive is not tried any more.</summary>
    public static readonly TimeSpan GiveUp = TimeSpan.FromDays(1);

    /// <summary>From how many tries in vain on a channel counts as failing.</summary>
    public const int FailingAfter = 3;

    /// <summary>How many times of opening are remembered for each alert.</summary>
    public const int TimesKept = 100;

    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(30);

    /// <summary>How long to wait before the next try.</summary>
    /// <param name="tries">How often it was tried in vain; from 1.</param>
    public static TimeSpan BackOff(int tries) => TimeSpan.FromTicks(Math.Min(FirstBackOff.Ticks << Math.Min(tries - 1, 20), LongestBackOff.Ticks));
}
