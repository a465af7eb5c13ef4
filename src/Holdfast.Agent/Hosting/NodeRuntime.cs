using System.Collections.Immutable;
using Holdfast.Agent.Api;
using Holdfast.Agent.Backups;
using Holdfast.Agent.Etcd;
using Holdfast.Agent.Events;
using Holdfast.Agent.Health;
using Holdfast.Agent.Jobs;
using Holdfast.Agent.Leases;
using Holdfast.Agent.Membership;
using Holdfast.Agent.Operations;
using Holdfast.Agent.Peers;
using Holdfast.Agent.Planning;
using Holdfast.Agent.Probes;
using Holdfast.Agent.Recovery;
using Holdfast.Agent.Rehearsals;
using Holdfast.Agent.Resources.Names;
using Holdfast.Agent.Roles;
using Holdfast.Agent.Tracing;
using Holdfast.Agent.Trust;
using Holdfast.Agent.Upgrades;
using Holdfast.Cluster;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;
using Holdfast.Store;
using Holdfast.Store.Embedded;
using Holdfast.Store.Etcd;
using Holdfast.Store.Registry;
using Microsoft.Extensions.Logging;

namespace Holdfast.Agent.Hosting;

/// <summary>Everything that a node of a cluster runs, wired together; made when the machine has an identity.</summary>
internal sealed partial class NodeRuntime : IAsyncDisposable
{
    private static readonly TimeSpan HandOverLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan SweepLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StoreLimit = TimeSpan.FromSeconds(30);
    private readonly AgentOptions _options;
    private readonly ILeash _leash;
    private readonly StoreFollower _follower;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly INodeClock _clock = NodeClock.Instance;
    private readonly EventJournal _journal;
    private readonly ILogger _logger;
    private readonly ProbeRunner _probes;
    private readonly PeerClient? _takeoverPeers;
    private readonly ProgressMonitor _progress;
    private readonly EtcdCluster? _leaderAsk;
    private readonly SecondKiller _secondKiller;
    private readonly LeftBehind _leftBehind;
    private readonly MemberStart? _memberStart;
    private readonly JobSpool _spool;

    /// <summary>Takes over what was followed so far, and disposes it in the end.</summary>
    public NodeRuntime(StoreFollower follower, AgentOptions options, ILeash leash, EventJournal journal, ILoggerFactory loggers)
    {
        (_follower, _options, _leash, _journal) = (follower, options, leash, journal);
        var identity = follower.Identity;
        _logger = loggers.CreateLogger<NodeRuntime>();
        Node = new NodeName(identity.Node);
        journal.Node = identity.Node;
        var own = identity.Client ? TimingProfile.Client : TimingProfile.Find(identity.Profile);
        if (follower is { Keys: { } keys, EtcdOptions: { } etcd })
        {
            _leaderAsk = new EtcdCluster(etcd) { Timeout = TimeSpan.FromMilliseconds(500) };
            if (identity.Voter)
            {
                Etcd = new EtcdSupervisor(identity, keys, options.StateDirectory, own, leash, _time, journal);
                Mark = new CopyMark(Etcd.DataDirectory, options.RunDirectory);
            }
        }

        Registry = new ClusterRegistry(Traces.IsOn ? new TracedStore(follower.Store) : follower.Store);
        _progress = new ProgressMonitor(_clock);
        Keeper = new LeaseKeeper(Node, Registry, Feed, leash, own, _clock, _time, _progress, journal, loggers.CreateLogger<LeaseKeeper>(), Mark is { } mark ? () => mark.Own : null);
        _secondKiller = new SecondKiller(Keeper, leash, _clock, _time, journal, SweepWithoutLeash);
        Planner = new PlannerLoop(Node, Registry, Feed, Keeper, _clock, _time, _progress, journal, loggers.CreateLogger<PlannerLoop>()) { OnlyWatches = identity.Client };
        Peers = PeersWithin(PeerClient.InquiryLimit);
        _takeoverPeers = PeersWithin(PeerClient.TakeoverLimit);
        _probes = new ProbeRunner(_time);
        var ledgers = new JobRegistry(Registry);
        var files = new JobFiles(options.StateDirectory, options.RunDirectory);
        _spool = new JobSpool(files.Spool, ledgers, journal, _time);
        Jobs = new JobDesk(new JobDeskContext(ledgers, Feed, leash, _spool, files, Path.Combine(options.StateDirectory, "log"), Environment.ProcessPath!, journal, _time));
        var context = new RoleRunContext(Node, leash, _takeoverPeers is null ? LonelyPeers.Instance : _takeoverPeers, _probes, Path.Combine(options.StateDirectory, "log"), _clock, _time, journal, loggers.CreateLogger<RoleRun>(), Jobs, options.RunDirectory);
        Runner = new RoleRunner(Registry, Feed, Keeper, Planner, context, _progress, loggers.CreateLogger<RoleRunner>());
        Operations = new ClusterOperations(Node, Registry, Feed, Planner, journal, _time);
        Declaring = new Declaring(Node, Operations, leash, Peers is null ? LonelyPeers.Instance : Peers, Peers, options.JudgeJob);
        Admission = new Admission(this, journal, _time);
        LeftBehind = identity.LeftBehind;
        _leftBehind = new LeftBehind(this, _time);
        if (Mark is { } copy) _memberStart = new MemberStart(this, _leftBehind, copy, journal, _time);
        Backups = new ClusterBackups(this, journal, _time);
        ClusterKey = new ClusterKeyKeeper(this, _time);
        Certificates = new CertificateKeeper(this, journal, _time);
        Stage = new RehearsalStage(this, options);
    }

    public NodeIdentity Identity => _follower.Identity;

    public NodeName Node { get; }

    /// <summary>Gets the timing of this node's leases: the cluster's, as soon as that is known.</summary>
    public TimingProfile Profile => Keeper.Profile;

    /// <summary>Gets the timing of this node's member of etcd; between the steps of a change it may be another one than that of the leases.</summary>
    public TimingProfile StoreProfile => TimingProfile.Find(Identity.Profile);

    /// <summary>Gets this node's keys; null with the embedded store, which speaks to nobody.</summary>
    public NodeKeys? Keys => _follower.Keys;

    public EtcdOptions? EtcdOptions => _follower.EtcdOptions;

    public EtcdSupervisor? Etcd { get; }

    /// <summary>Gets the mark of this voter's copy of the store; null when it has none.</summary>
    public CopyMark? Mark { get; }

    /// <summary>Gets whose turn it is to say whether this voter's member of etcd runs: it is started by one at a time, and not while the cluster is recovered here.</summary>
    public SemaphoreSlim MemberTurn { get; } = new(1, 1);

    /// <summary>Gets why this voter's member of etcd is not started; null when it is.</summary>
    public string? MemberWaits => _memberStart?.Waits;

    public ClusterRegistry Registry { get; }

    public ClusterFeed Feed => _follower.Feed;

    public LeaseKeeper Keeper { get; }

    public PlannerLoop Planner { get; }

    public RoleRunner Runner { get; }

    public PeerClient? Peers { get; }

    public JobDesk Jobs { get; }

    public ClusterOperations Operations { get; }

    public Declaring Declaring { get; }

    public Admission Admission { get; }

    public ClusterBackups Backups { get; }

    public ClusterKeyKeeper ClusterKey { get; }

    public CertificateKeeper Certificates { get; }

    public RehearsalStage Stage { get; }

    public ILeash Leash => _leash;

    /// <summary>Gets why this node is no part of the cluster any more, which went on without it; null when it is one.</summary>
    public string? LeftBehind { get; private set; }

    /// <summary>Gets why nobody may change anything through this node now; null when anybody may.</summary>
    public string? Suspended { get; private set; }

    /// <summary>Takes no more requests, until the next agent.</summary>
    public void Suspend(string why) => Suspended = why;

    /// <summary>Ends this node's part in a store that the cluster has left: its vote, and its incarnation.</summary>
    public async Task LeaveBehindAsync(string reason, CancellationToken cancellationToken)
    {
        LeftBehind = reason;
        _journal.Add("node.left-behind", reason);
        _follower.Keep(known => known with { LeftBehind = reason }, _options.StateDirectory); // Also when nobody can be asked at the next start.
        if (Etcd is { } etcd) await etcd.StopAsync(cancellationToken);
        var held = await _leash.GetStateAsync(cancellationToken);
        if (held.Incarnation != 0 && !held.Expired) await _leash.ExpireAsync(held.Incarnation, "the cluster went on without this node", cancellationToken);
    }

    /// <summary>Has this node's member of etcd begin anew as the others announced it, and vote once it has caught up.</summary>
    public void JoinAgain(PeerRejoinResponse given)
    {
        _follower.Keep(known => known with { EtcdInitialCluster = given.EtcdInitialCluster, EtcdInitialState = "existing", Voters = given.Voters }, _options.StateDirectory);
        Etcd!.Become(Identity);
        _ = Admission.VoteAsync(CancellationToken.None);
    }

    /// <summary>Runs until cancelled; then hands its roles over before it ends.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var ending = new CancellationTokenSource();
        if (_memberStart is { } start) await start.BeginAsync(stopping);
        Feed.StoreWentBack += reason => _ = Keeper.AbandonAsync(reason, CancellationToken.None);
        var held = await _leash.GetStateAsync(stopping);
        Runner.Adopt(held.Units);
        await RehearsalStage.ClearAsync(_leash, held.Units, stopping);
        if (_follower.Doubted is { } doubted && doubted.Incarnation == held.Incarnation) await _leash.ExpireAsync(held.Incarnation, doubted.Reason, stopping);
        List<Task> loops =
        [
            Keeper.RunAsync(ending.Token), Planner.RunAsync(ending.Token), Runner.RunAsync(ending.Token),
            FollowVotersAsync(ending.Token), FollowProfileAsync(ending.Token), _secondKiller.RunAsync(ending.Token), ActivateAsync(ending.Token),
            new EvictionKeeper(this, _journal, _time).RunAsync(ending.Token),
            _leftBehind.RunAsync(ending.Token),
            new HealthMonitor(Node, Registry, Feed, Keeper, LookAtMachine, _time, _journal).RunAsync(ending.Token),
            ClusterKey.RunAsync(ending.Token), Certificates.RunAsync(ending.Token),
            new BuildKeeper(this, _journal, _time).RunAsync(ending.Token),
            _spool.RunAsync(ending.Token),
        ];
        if (!Identity.Client) loops.Add(new BackupKeeper(Node, Registry.Store, _options.StateDirectory, _journal, _time).RunAsync(ending.Token));
        if (Mark is { } mark) loops.Add(new MarkKeeper(this, mark, _time).RunAsync(ending.Token));
        // The node's own names are a machine's matter; who only tries the product out leaves it as it is.
        if (Environment.IsPrivilegedProcess) loops.Add(new HostsFile("/etc/hosts", Feed, _time, _logger).RunAsync(ending.Token));
        _ = Admission.VoteAsync(ending.Token); // After the keeper has begun: it reads keys and makes a connection, and the lease does not wait.
        var failed = await Task.WhenAny([.. loops, _follower.Following, Task.Delay(Timeout.InfiniteTimeSpan, _time, stopping)]);
        if (stopping.IsCancellationRequested) await HandOverAsync();
        await ending.CancelAsync();
        foreach (var loop in loops)
        {
            try
            {
                await loop;
            }
            catch (OperationCanceledException)
            {
            }
        }

        if (!stopping.IsCancellationRequested) await failed;
    }

    /// <summary>The node whose member leads the store; null when there is none, or it cannot be asked.</summary>
    public async Task<string?> StoreLeaderAsync(CancellationToken cancellationToken)
    {
        if (_leaderAsk is not { } etcd || Feed.Current is null) return Identity.Store == StoreKind.Embedded ? Node.Value : null;
        try
        {
            var status = await etcd.StatusAsync(EtcdOptions!.Endpoints[0], cancellationToken).WaitAsync(TimeSpan.FromMilliseconds(200), _time, cancellationToken);
            return status.LeaderId == 0 ? null : (await etcd.MembersAsync(cancellationToken)).FirstOrDefault(member => member.Id == status.LeaderId)?.Name;
        }
        catch (Exception exception) when (exception is HoldfastException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>What the leash tells without being asked.</summary>
    public void On(LeashEvent happened)
    {
        switch (happened)
        {
            case LeashEvent.UnitExited { Unit: EtcdSupervisor.Unit } exited when Etcd is { } etcd:
                _ = RestartEtcdAsync(etcd, exited.ExitCode);
                break;
            case LeashEvent.UnitExited exited:
                Runner.OnExit(exited);
                Jobs.OnExit(exited);
                break;
            case LeashEvent.Expired expired:
                _secondKiller.OnExpired(expired.Incarnation);
                Runner.OnExpired(expired.Incarnation);
                Jobs.OnExpired();
                Keeper.OnExpired(expired.Incarnation, expired.Reason);
                break;
            case LeashEvent.Clean clean:
                _secondKiller.OnClean(clean.Incarnation);
                _journal.Add("lease.clean", $"Everything of incarnation {clean.Incarnation} was verified gone {clean.Took.TotalMilliseconds:0} ms after its end.");
                break;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _probes.Dispose();
        MemberTurn.Dispose();
        _leaderAsk?.Dispose();
        Peers?.Dispose();
        _takeoverPeers?.Dispose();
        await _follower.DisposeAsync();
    }

    private async Task RestartEtcdAsync(EtcdSupervisor etcd, int exitCode)
    {
        try
        {
            await etcd.OnExitAsync(exitCode, CancellationToken.None);
        }
        catch (LeashRefusedException exception)
        {
            Log.EtcdNotStarted(_logger, exception.Message);
        }
    }

    /// <summary>Keeps the list of voters that the store is reached through, and which store it is, also for the next start.</summary>
    private async Task FollowVotersAsync(CancellationToken cancellationToken)
    {
        while (Identity.Store != StoreKind.Embedded)
        {
            var state = Feed.Current;
            if (state is not null && LeftBehind is null)
            {
                var voters = state.View.Nodes.Values.Where(node => node.Value is { Voter: true, Intent: not NodeIntent.Evicted }).Select(node => node.Value.Address).Order(StringComparer.Ordinal).ToArray();
                var known = Identity;
                var isSame = voters.Length == 0 || voters.SequenceEqual(known.Voters.Order(StringComparer.Ordinal));
                if (!isSame) _follower.UseVoters(voters);
                var generation = state.View.Settings?.Generation ?? known.Generation;
                if (!isSame || generation != known.Generation || state.StoreId != known.StoreId)
                    _follower.Keep(before => before with { Voters = isSame ? before.Voters : voters, Generation = generation, StoreId = state.StoreId }, _options.StateDirectory);
            }

            await Feed.WaitForChangeAsync(state, cancellationToken);
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
    }

    /// <summary>Leases have the timing that the cluster's settings name, from the next renewal after it was seen.</summary>
    private async Task FollowProfileAsync(CancellationToken cancellationToken)
    {
        while (!Identity.Client) // That has a timing of its own.
        {
            var state = Feed.Current;
            if (state?.View.Settings is { } settings && settings.Profile != Keeper.Profile.Name && TimingProfile.All.FirstOrDefault(profile => profile.Name == settings.Profile) is { } profile)
            {
                _journal.Add("profile.changed", $"Leases of node {Node} have the timing {profile.Name} instead of {Keeper.Profile.Name} from now on.");
                Keeper.Profile = profile;
            }

            await Feed.WaitForChangeAsync(state, cancellationToken);
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
    }

    /// <summary>Has this node's member of etcd run with another timing: remembered for the next start, then restarted, until it answers again.</summary>
    /// <exception cref="HoldfastException">Code <c>store.unavailable</c>: it does not answer.</exception>
    public async Task UseStoreProfileAsync(TimingProfile profile, CancellationToken cancellationToken)
    {
        _follower.Keep(known => known with { Profile = profile.Name }, _options.StateDirectory);
        if (Etcd is not { } etcd) return;
        etcd.Profile = profile;
        await etcd.EnsureRunningAsync(cancellationToken);
        using var member = new EtcdCluster(EtcdOptions! with { Endpoints = [EtcdOptions.Endpoints[0]] }) { Timeout = TimeSpan.FromMilliseconds(500) };
        using var limit = new CancellationTokenSource(StoreLimit, _time);
        while (true)
        {
            try
            {
                if ((await member.StatusAsync(EtcdOptions!.Endpoints[0], cancellationToken)).LeaderId != 0) return;
            }
            catch (HoldfastException) when (!limit.IsCancellationRequested)
            {
            }

            if (limit.IsCancellationRequested) throw new StoreUnavailableException($"The member of etcd on {Node} does not answer since it was restarted with the timing {profile.Name}.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), _time, cancellationToken);
        }
    }

    /// <summary>Ends every role without the leash, on a thread of its own because it blocks.</summary>
    private void SweepWithoutLeash() => new Thread(() =>
    {
        // A leash that stands still holds its mounts open: detached, their file systems live on, and write their old blocks under the next owner when it goes on.
        // What holds them ends with it, within K; this agent too, which its successor follows.
        if (LeashBackstop.Sweep(_options.RunDirectory, Keeper.KillTime / 2).Count > 0 && LeashBackstop.KillLeash()) return;
        foreach (var left in LeashBackstop.Sweep(_options.RunDirectory, SweepLimit)) Log.Left(_logger, left);
    }).Start();

    /// <summary>After an orderly shutdown the node had drained itself: back, it may host roles again.</summary>
    private async Task ActivateAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = Feed.Current;
            if (Keeper.Holds && state is not null && state.View.Nodes.TryGetValue(Node, out var record))
            {
                if (!record.Value.ShuttingDown) break;
                await Operations.UpdateNodeAsync(Node, node => node.ShuttingDown ? node with { ShuttingDown = false, Intent = NodeIntent.Active } : node, cancellationToken);
            }

            await Feed.WaitForChangeAsync(state, cancellationToken);
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
    }

    /// <summary>Gives its roles away before it goes, so that nobody has to wait for its lease to run out.</summary>
    private async Task HandOverAsync()
    {
        using var limit = new CancellationTokenSource(HandOverLimit, _time);
        try
        {
            if (Keeper.Holds && Identity.Store != StoreKind.Embedded)
            {
                await Operations.UpdateNodeAsync(Node, node => node.Intent == NodeIntent.Active ? node with { Intent = NodeIntent.Draining, ShuttingDown = true } : node, limit.Token);
                while (Runner.Count > 0 && CanMove())
                {
                    var state = Feed.Current;
                    await Feed.WaitForChangeAsync(state, limit.Token).WaitAsync(TimeSpan.FromMilliseconds(100), _time, limit.Token).ContinueWith(_ => { }, TaskScheduler.Default);
                    limit.Token.ThrowIfCancellationRequested();
                }
            }

            await Keeper.EndCleanAsync(limit.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or HoldfastException or LeashRefusedException)
        {
            Log.NotHandedOver(_logger, exception.Message);
        }
    }

    /// <summary>Whether another node could take what runs here, or it is only taken offline; otherwise there is nothing to wait for.</summary>
    private bool CanMove() => Planner.Situation() is var (view, seen) && view.Placements.Values.Any(placement =>
        placement.Value.Owner == Node && !placement.Value.IsFree && view.TryFindRole(placement.Value.Role, out var role, out _) && MaintenanceMode.Of(view, role, seen.Wall) is null
        && (role.Mode == RoleMode.Everywhere || Cluster.Planning.Planner.Candidates(view, seen, placement.Value.Role).Any(candidate => candidate.Eligible)));

    private HealthSample LookAtMachine()
    {
        var (disk, memory) = (MachineGauge.Disk(_options.StateDirectory), MachineGauge.Memory());
        return new(disk.Free, disk.Size, memory.Free, memory.Size, StoreTook: null);
    }

    private PeerClient? PeersWithin(TimeSpan limit) => Keys is { } keys ? new PeerClient(Node, keys, () => Feed.Current, _clock, limit) : null;

    private static partial class Log // Event ids 2400-2499: the node.
    {
        [LoggerMessage(2400, LogLevel.Error, "The etcd member of this node was not started: {Reason}")]
        public static partial void EtcdNotStarted(ILogger logger, string reason);

        [LoggerMessage(2402, LogLevel.Critical, "{Left} outlived the lease and could not be ended")]
        public static partial void Left(ILogger logger, string left);

        [LoggerMessage(2401, LogLevel.Warning, "Not every role was handed over: {Reason}")]
        public static partial void NotHandedOver(ILogger logger, string reason);
    }
}
