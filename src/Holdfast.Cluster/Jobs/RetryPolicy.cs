namespace Holdfast.Cluster.Jobs;

/// <summary>How often a run that failed is tried again, and after how long.</summary>
/// <param name="Transient">How often after an error that may be gone the next time. The default is 3; 0 to 100.</param>
/// <param name="Permanent">How often after one that will be the same again. The default is 0; 0 to 100.</param>
/// <param name="BackOff">How long before the first; each further one waits twice as long, at most <see cref="LongestBackOff"/>. The default is 1 minute; 1 second to 1 hour.</param>
public sealed record RetryPolicy(int Transient, int Permanent, TimeSpan BackOff)
{
    /// <summary>The longest wait between two tries.</summary>
    public static readonly TimeSpan LongestBackOff = TimeSpan.FromHours(1);

    /// <summary>Gets the default.</summary>
    public static RetryPolicy Usual { get; } = new(3, 0, TimeSpan.FromMinutes(1));

    /// <summary>How long to wait before the next try; null when there is none.</summary>
    /// <param name="error">The error.</param>
    /// <param name="tried">How often it was tried again already.</param>
    public TimeSpan? After(ErrorClass error, int tried) =>
        tried >= (error == ErrorClass.Transient ? Transient : Permanent) ? null : TimeSpan.FromTicks((long)Math.Min(BackOff.Ticks * Math.Pow(2, Math.Min(tried, 30)), LongestBackOff.Ticks));
}
