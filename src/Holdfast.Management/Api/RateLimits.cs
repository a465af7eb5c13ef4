using System.Threading.RateLimiting;
using Holdfast.Cluster;
using Holdfast.Cluster.Access;
using Holdfast.Management.People;

namespace Holdfast.Management.Api;

/// <summary>How much one person or address may ask: enough for any console and script, too little to keep the service from others.</summary>
internal sealed class RateLimits(Func<int> perSecond) : IDisposable
{
    public const string Code = "request.too-many";
    private const int AtOnce = 4;

    private volatile Limits? _now;

    /// <summary>Counts a request.</summary>
    /// <exception cref="HoldfastException">Code <c>request.too-many</c>.</exception>
    public void Require(Person person, Operation operation)
    {
        var limits = Present();
        using var lease = limits.Limiter.AttemptAcquire(person.Level == AccessLevel.None ? "address " + person.Address : person.Name);
        if (!lease.IsAcquired) throw new HoldfastException(ErrorKind.TooMany, Code, $"{(person.Name.Length > 0 ? person.Name : person.Address)} asks too much: {operation.Method} {operation.Path} was not carried out.", $"At most {limits.PerSecond} requests a second, {limits.PerSecond * AtOnce} at once; wait a second.");
    }

    /// <inheritdoc/>
    public void Dispose() => _now?.Limiter.Dispose();

    // Set anew, everybody begins with a full bucket. Of two that find the change at once, one is for nothing.
    private Limits Present()
    {
        var (now, wanted) = (_now, perSecond());
        return now?.PerSecond == wanted ? now : _now = new Limits(wanted, PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = wanted * AtOnce, TokensPerPeriod = wanted, ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = true, QueueLimit = 0,
        })));
    }

    private sealed record Limits(int PerSecond, PartitionedRateLimiter<string> Limiter);
}
