using System.Globalization;
using Holdfast.Agent.Doors;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Trust;
using Holdfast.Cluster.Leases;
using Holdfast.Leash.Protocol;
using Holdfast.Store;
using Holdfast.Store.Etcd;

namespace Holdfast.Agent.Etcd;

/// <summary>
/// Keeps this node's etcd member running, under the leash but outside the lease: it outlives a restart of the agent, and a
/// node that lost its lease still votes.
/// </summary>
internal sealed class EtcdSupervisor(NodeIdentity identity, NodeKeys keys, string stateDirectory, TimingProfile profile, ILeash leash, TimeProvider time, EventJournal journal)
{
    public const int ClientPort = 2379;
    public const int PeerPort = 2380;
    public const string Unit = "@etcd";
    private const string AsideUnit = "@etcd-aside";
    private const int AsideClientPort = 2381;
    private const int AsidePeerPort = 2382;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private int _exits;

    /// <summary>Gets or sets its timing, for the next start.</summary>
    public TimingProfile Profile { get; set; } = profile;

    /// <summary>Gets the folder of its data.</summary>
    public string DataDirectory { get; } = Path.Combine(stateDirectory, identity.EtcdFolder ?? "etcd");

    /// <summary>The address that other members reach a node's member at.</summary>
    public static string PeerUrl(string address) => Url(address, PeerPort);

    /// <summary>The address that clients reach a node's member at.</summary>
    public static string ClientUrl(string address) => Url(address, ClientPort);

    /// <summary>Starts the member as this identity has it from the next start on: it joined again.</summary>
    public void Become(NodeIdentity joined) => identity = joined;

    /// <summary>Starts the member unless the leash already holds one started the same way.</summary>
    public async Task EnsureRunningAsync(CancellationToken cancellationToken)
    {
        var command = Command(DataDirectory, $"{ClientUrl(identity.Address)},{ClientUrl("127.0.0.1")}", PeerUrl(identity.Address));
        var tag = string.Join(' ', command);
        var held = (await leash.GetStateAsync(cancellationToken)).Units.FirstOrDefault(unit => unit.Unit == Unit);
        if (held is not null && held.Tag == tag && held.ProcessId != 0) return;
        if (held is not null) await leash.StopAsync(Unit, 15, Grace, cancellationToken);
        Directory.CreateDirectory(DataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await leash.StartAsync(
            new StartRequest
            {
                Unit = Unit, Warrant = new Warrant(null, 0, default), Command = command, Tag = tag,
                Environment = ["GOGC=200"], LogFile = Path.Combine(stateDirectory, "log", "etcd.log"),
            },
            cancellationToken);
    }

    /// <summary>It ended by itself: start it again, with a pause that grows while it keeps ending.</summary>
    public async Task OnExitAsync(int exitCode, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromMilliseconds(Math.Min(5000, 50 * (1 << Math.Min(_exits++, 7))));
        journal.Add("etcd.exited", $"The etcd member of this node exited with {exitCode}; it is started again in {pause.TotalMilliseconds:0} ms. Its log is {stateDirectory}/log/etcd.log.");
        await Task.Delay(pause, time, cancellationToken);
        await EnsureRunningAsync(cancellationToken);
    }

    /// <summary>Whether the leash holds the member.</summary>
    public async Task<bool> IsRunningAsync(CancellationToken cancellationToken) => (await leash.GetStateAsync(cancellationToken)).Units.Any(unit => unit.Unit == Unit && unit.ProcessId != 0);

    /// <summary>Starts a member on other data that only this machine can reach, for a store that nobody may see yet.</summary>
    /// <param name="folder">Its data.</param>
    /// <param name="alone">Whether it goes on alone with what it has, whoever the other members were.</param>
    /// <param name="cancellationToken">Ends the wait for its start.</param>
    public async Task StartAsideAsync(string folder, bool alone, CancellationToken cancellationToken)
    {
        await StopAsideAsync();
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string[] command = [.. Command(folder, Url("127.0.0.1", AsideClientPort), Url("127.0.0.1", AsidePeerPort)), .. alone ? ["--force-new-cluster"] : Array.Empty<string>()];
        await leash.StartAsync(new StartRequest { Unit = AsideUnit, Warrant = new Warrant(null, 0, default), Command = command, LogFile = Path.Combine(stateDirectory, "log", "etcd.log") }, cancellationToken);
    }

    /// <summary>Stops the member aside.</summary>
    public Task StopAsideAsync() => leash.StopAsync(AsideUnit, 15, Grace, CancellationToken.None);

    /// <summary>How the member aside is reached.</summary>
    public EtcdOptions AsideOptions => StoreFollower.OptionsFor(identity, keys, []) with { Endpoints = [new Uri(Url("127.0.0.1", AsideClientPort))] };

    /// <summary>Stops the member for good.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => leash.StopAsync(Unit, 15, Grace, cancellationToken);

    // Only when there is a list: without the file etcd would refuse every handshake.
    private string[] Revocations => File.Exists(keys.RevocationFile) ? ["--client-crl-file", keys.RevocationFile, "--peer-crl-file", keys.RevocationFile] : [];

    private string[] Command(string folder, string clientUrls, string peerUrl) =>
    [
        "nice", "-n", "-10", "etcd", "--name", identity.Node, "--data-dir", folder,
        "--listen-client-urls", clientUrls, "--advertise-client-urls", ClientUrl(identity.Address),
        "--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", PeerUrl(identity.Address),
        "--initial-cluster", identity.EtcdInitialCluster!, "--initial-cluster-state", identity.EtcdInitialState!, "--initial-cluster-token", identity.EtcdToken ?? identity.ClusterId,
        "--client-cert-auth", "--trusted-ca-file", keys.AuthorityFile, "--cert-file", keys.CertificateFile, "--key-file", keys.KeyFile,
        "--peer-client-cert-auth", "--peer-trusted-ca-file", keys.AuthorityFile, "--peer-cert-file", keys.CertificateFile, "--peer-key-file", keys.KeyFile,
        .. Revocations,
        // Without pre-vote a member that comes back deposes a healthy leader: a second outage as long as the first.
        "--pre-vote",
        "--heartbeat-interval", Milliseconds(Profile.EtcdHeartbeat), "--election-timeout", Milliseconds(Profile.EtcdElection),
        // Our client asks over HTTP/2 whether the member still lives more often than etcd allows by default.
        "--grpc-keepalive-min-time", "500ms",
        // Its check refuses every change of members for five seconds after the last. What it protects from, a quorum that counts
        // a member that never starts, cannot happen here: members join as learners and vote once they have caught up.
        "--strict-reconfig-check=false",
        // A declaration is applied as one, however many roles it has.
        "--max-txn-ops", StoreTransaction.MaxOperations.ToString(CultureInfo.InvariantCulture),
        "--auto-compaction-mode", "revision", "--auto-compaction-retention", "20000",
        "--logger", "zap", "--log-level", "warn",
    ];

    private static string Url(string address, int port) => $"https://{DoorAddress.HostOf(address)}:{port}";

    private static string Milliseconds(TimeSpan duration) => duration.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
}
