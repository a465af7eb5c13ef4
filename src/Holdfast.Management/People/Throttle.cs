namespace Holdfast.Management.People;

/// <summary>
/// Slows down who guesses passwords: after <see cref="Free"/> failures under one name or from one address each further one doubles the time in which no attempt is even
/// looked at. Kept by the one service there is; a takeover forgets it, which an attacker cannot cause.
/// </summary>
internal sealed class Throttle(TimeProvider time)
{
    /// <summary>How many failures cost nothing: people mistype.</summary>
    public const int Free = 5;

    private const int MostKept = 10_000;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Failures, DateTimeOffset Until, DateTimeOffset Last)> _known = new(StringComparer.Ordinal);

    /// <summary>How long who comes with these has to wait; zero when they may try.</summary>
    public TimeSpan WaitOf(params ReadOnlySpan<string> keys)
    {
        lock (_gate)
        {
            var wait = TimeSpan.Zero;
            foreach (var key in keys)
            {
                if (_known.TryGetValue(key, out var found) && found.Until - time.GetUtcNow() is var left && left > wait) wait = left;
            }

            return wait;
        }
    }

    /// <summary>Counts a failure.</summary>
    public void Failed(params ReadOnlySpan<string> keys)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var key in keys)
            {
                var failures = (_known.TryGetValue(key, out var found) && now - found.Last < Longest ? found.Failures : 0) + 1;
                var pause = failures < Free ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, Math.Pow(2, failures - Free)));
                _known[key] = (failures, now + pause, now);
            }

            if (_known.Count <= MostKept) return;
            foreach (var old in _known.Where(item => now - item.Value.Last >= Longest).Select(item => item.Key).ToList()) _known.Remove(old);
            if (_known.Count > MostKept) _known.Remove(_known.MinBy(item => item.Value.Last).Key);
        }
    }

    /// <summary>Forgets the failures under a name whose owner signed in; not those of the address, from which others may be tried.</summary>
    public void Succeeded(string key)
    {
        lock (_gate) _known.Remove(key);
    }
}
