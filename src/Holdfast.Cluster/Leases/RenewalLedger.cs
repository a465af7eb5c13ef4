using System.Collections.Immutable;

namespace Holdfast.Cluster.Leases;

/// <summary>One renewal, noted before it is sent.</summary>
/// <param name="Nonce">Never used before by any attempt of any incarnation.</param>
/// <param name="SentAt">The clocks before the send.</param>
/// <param name="Duration">The duration it asks for.</param>
public sealed record RenewalAttempt(string Nonce, ClockReading SentAt, TimeSpan Duration)
{
    /// <summary>Gets when a lease written by this attempt ends for its owner.</summary>
    public ClockReading Deadline => SentAt.Plus(Duration);
}

/// <summary>
/// The owner's side of a lease: which renewals were sent when, so that a record read back from the store can be turned into
/// a deadline. Immutable; one ledger for one incarnation, used by one loop.
/// </summary>
/// <remarks>
/// A lease counts from before the send of the attempt that the record <em>names</em>, whichever answer arrived (leases
/// rule 1): an answer can be lost, late, or belong to a retry.
/// </remarks>
public sealed class RenewalLedger
{
    private readonly ImmutableArray<RenewalAttempt> _attempts;

    private RenewalLedger(ImmutableArray<RenewalAttempt> attempts) => _attempts = attempts;

    /// <summary>Gets the ledger of an incarnation that has sent nothing.</summary>
    public static RenewalLedger Empty { get; } = new([]);

    /// <summary>Gets the attempts that a record may still name, oldest first.</summary>
    public ImmutableArray<RenewalAttempt> Attempts => _attempts;

    /// <summary>Notes an attempt; call before sending it, and again for every retry, with another nonce.</summary>
    /// <remarks>
    /// An attempt with a shorter duration lowers the deadline even if it is never acknowledged, since it may have been
    /// committed: tell the leash <c>ledger.Sending(…).DeadlineAfter(lastRecord)</c> before the send (leases rule 4).
    /// </remarks>
    /// <exception cref="ArgumentException">The nonce was used before, or the duration is not positive.</exception>
    public RenewalLedger Sending(string nonce, ClockReading sentAt, TimeSpan duration)
    {
        ArgumentException.ThrowIfNullOrEmpty(nonce);
        if (duration <= TimeSpan.Zero) throw new ArgumentException($"A lease of {duration} cannot be asked for.", nameof(duration));
        if (_attempts.Any(a => a.Nonce == nonce)) throw new ArgumentException($"Nonce '{nonce}' was used before; a retry is an attempt of its own.", nameof(nonce));

        return new(_attempts.Add(new(nonce, sentAt, duration)));
    }

    /// <summary>
    /// Returns until when the lease runs, given the record that the store holds: from before the send of the attempt it
    /// names, but never past the end of any later attempt, which may have been committed meanwhile.
    /// </summary>
    /// <returns>The deadline; null when the record gives none: its nonce is unknown here, or it has ended.</returns>
    public ClockReading? DeadlineAfter(LeaseRecord acknowledged)
    {
        if (acknowledged.State == LeaseState.Ended) return null;
        var named = IndexOf(acknowledged.Nonce);
        if (named < 0) return null;

        var attempt = _attempts[named];
        // Observers wait the duration in the record; were it ever shorter than what was asked, the owner must not outlive it.
        var deadline = attempt.SentAt.Plus(acknowledged.Duration < attempt.Duration ? acknowledged.Duration : attempt.Duration);
        for (var later = named + 1; later < _attempts.Length; later++) deadline = Earlier(deadline, _attempts[later].Deadline);
        return deadline;
    }

    /// <summary>Forgets the attempts before the one that <paramref name="acknowledged"/> names: a record never goes back to them.</summary>
    public RenewalLedger Settled(LeaseRecord acknowledged)
    {
        var named = IndexOf(acknowledged.Nonce);
        return named <= 0 ? this : new(_attempts.RemoveRange(0, named));
    }

    private int IndexOf(string nonce)
    {
        for (var i = 0; i < _attempts.Length; i++)
        {
            if (_attempts[i].Nonce == nonce) return i;
        }

        return -1;
    }

    // Clock by clock: the owner expires when either clock says so, so each must be capped for itself.
    private static ClockReading Earlier(ClockReading one, ClockReading other) =>
        new(one.Boot < other.Boot ? one.Boot : other.Boot, one.Raw < other.Raw ? one.Raw : other.Raw);
}
