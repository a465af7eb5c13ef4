namespace Holdfast.Cluster.Leases;

/// <summary>The set of durations that belong together; validated as one (DESIGN section 6).</summary>
public sealed record TimingProfile
{
    /// <summary>Gets the name: <c>fast</c>, <c>lan</c> or <c>wan</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets D: how long a lease lives from before the sending of the renewal.</summary>
    public required TimeSpan LeaseDuration { get; init; }

    /// <summary>Gets the pause between a renewal's acknowledgement and the next renewal.</summary>
    public required TimeSpan RenewInterval { get; init; }

    /// <summary>Gets K: the worst measured time from deadline to everything verified gone.</summary>
    public required TimeSpan KillTime { get; init; }

    /// <summary>Gets rho: the assumed clock rate error, as a fraction, after the two-clock rule of <see cref="ClockReading"/>.</summary>
    public required double ClockRateError { get; init; }

    /// <summary>Gets etcd's heartbeat interval.</summary>
    public required TimeSpan EtcdHeartbeat { get; init; }

    /// <summary>Gets etcd's election timeout; an election takes one to two of these.</summary>
    public required TimeSpan EtcdElection { get; init; }

    /// <summary>Gets the worst time a store commit takes on a healthy store; part of the renewal arithmetic.</summary>
    public required TimeSpan CommitTime { get; init; }

    /// <summary>
    /// Gets what observers wait beyond D: 2 rho D / (1 - rho) + K (1 + rho) (leases rule 3). The owner may stop as late as
    /// D / (1 - rho) + K; a fast observer gets through D + margin in (D + margin) / (1 + rho); these are then equal.
    /// </summary>
    public TimeSpan Margin => LeaseDuration * (2 * ClockRateError / (1 - ClockRateError)) + KillTime * (1 + ClockRateError);

    /// <summary>For clusters on one local network; failover in under a second. The default.</summary>
    public static TimingProfile Lan { get; } = new()
    {
        Name = "lan",
        LeaseDuration = TimeSpan.FromMilliseconds(700),
        RenewInterval = TimeSpan.FromMilliseconds(100),
        KillTime = TimeSpan.FromMilliseconds(120),
        ClockRateError = 0.005,
        EtcdHeartbeat = TimeSpan.FromMilliseconds(20),
        EtcdElection = TimeSpan.FromMilliseconds(200),
        CommitTime = TimeSpan.FromMilliseconds(100),
    };

    /// <summary>For quiet machines with fast disks on one switch.</summary>
    public static TimingProfile Fast { get; } = Lan with
    {
        Name = "fast",
        LeaseDuration = TimeSpan.FromMilliseconds(500),
        RenewInterval = TimeSpan.FromMilliseconds(60),
        KillTime = TimeSpan.FromMilliseconds(80),
        CommitTime = TimeSpan.FromMilliseconds(40),
    };

    /// <summary>For nodes in several places, with round trips of tens of milliseconds.</summary>
    public static TimingProfile Wan { get; } = Lan with
    {
        Name = "wan",
        LeaseDuration = TimeSpan.FromSeconds(6),
        RenewInterval = TimeSpan.FromSeconds(1),
        KillTime = TimeSpan.FromMilliseconds(500),
        EtcdHeartbeat = TimeSpan.FromMilliseconds(150),
        EtcdElection = TimeSpan.FromMilliseconds(1500),
        CommitTime = TimeSpan.FromSeconds(1),
    };

    /// <summary>
    /// For client machines, whatever the cluster's profile is: nobody takes over from them, so nothing is gained by a short lease, and hundreds of them cost the store little.
    /// </summary>
    public static TimingProfile Client { get; } = Wan with { Name = "client", LeaseDuration = TimeSpan.FromSeconds(30), RenewInterval = TimeSpan.FromSeconds(5) };

    /// <summary>Gets the profiles that a cluster can choose from.</summary>
    public static IReadOnlyList<TimingProfile> All { get; } = [Fast, Lan, Wan];

    /// <summary>The profile of a name.</summary>
    /// <exception cref="HoldfastException">Code <c>profile.unknown</c>.</exception>
    public static TimingProfile Find(string name) => All.FirstOrDefault(profile => profile.Name == name)
        ?? throw new HoldfastException(ErrorKind.Invalid, "profile.unknown", $"There is no timing profile '{name}'.", $"Use one of {string.Join(", ", All.Select(profile => profile.Name))}.");

    /// <summary>These leases over members of etcd with the timing of another profile.</summary>
    public TimingProfile Over(TimingProfile members) => this with { EtcdHeartbeat = members.EtcdHeartbeat, EtcdElection = members.EtcdElection };

    /// <summary>Returns each rule that this set of durations breaks, one sentence each; none means it can work.</summary>
    public IReadOnlyList<string> BrokenRules()
    {
        var broken = new List<string>();
        if (KillTime <= TimeSpan.Zero) broken.Add("KillTime must be measured and positive: without it observers would not wait for the owner's processes to end.");
        if (ClockRateError is not (> 0 and < 0.5)) broken.Add($"ClockRateError is {ClockRateError}; it must be above 0 and below 0.5.");
        if (RenewInterval <= TimeSpan.Zero) broken.Add("RenewInterval must be positive.");
        if (RenewInterval * 3 > LeaseDuration) broken.Add($"RenewInterval is {RenewInterval.TotalMilliseconds} ms; it may be at most a third of LeaseDuration, so that a lost renewal is no failover.");
        if (CommitTime <= TimeSpan.Zero) broken.Add("CommitTime must be measured and positive.");
        if (EtcdHeartbeat <= TimeSpan.Zero) broken.Add("EtcdHeartbeat must be positive.");
        if (EtcdElection < EtcdHeartbeat * 5) broken.Add($"EtcdElection is {EtcdElection.TotalMilliseconds} ms; etcd refuses less than five heartbeats ({(EtcdHeartbeat * 5).TotalMilliseconds} ms).");
        // A lease must outlive one election of etcd (up to twice its timeout, since etcd randomises it) that starts just after a renewal was due.
        var needed = RenewInterval + EtcdElection * 2 + CommitTime;
        if (LeaseDuration < needed) broken.Add($"LeaseDuration is {LeaseDuration.TotalMilliseconds} ms; it must outlive a renewal interval, an election and a slow commit ({needed.TotalMilliseconds} ms).");
        return broken;
    }
}
