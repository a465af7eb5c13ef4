using System.Threading.RateLimiting;
using Holdfast.Cluster;
using Holdfast.Cluster.Access;
using Holdfast.Management.People;

namespace Holdfast.Management.Api;

/// <summary>How much one person or address may ask: enough for any console and script, too little to keep the service from others.</summary>
internal sealed class RateLimits : IDisposable
{
    public const string Code = "request.too-many";

    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
    {
        TokenLimit = 400, TokensPerPeriod = 100, ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = true, QueueLimit = 0,
    }));

    /// <summary>Counts a request.</summary>
    /// <exception cref="HoldfastException">Code <c>request.too-many</c>.</exception>
    public void Require(Person person, Operation operation)
    {
        using var lease = _limiter.AttemptAcquire(person.Level == AccessLevel.None ? "address " + person.Address : person.Name);
        if (!lease.IsAcquired) throw new HoldfastException(ErrorKind.TooMany, Code, $"{(person.Name.Length > 0 ? person.Name : person.Address)} asks too much: {operation.Method} {operation.Path} was not carried out.", "At most 100 requests a second, 400 at once; wait a second.");
    }

    /// <inheritdoc/>
    public void Dispose() => _limiter.Dispose();
}
