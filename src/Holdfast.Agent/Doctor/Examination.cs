using Holdfast.Agent.Api;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Trust;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Leash.Protocol;
using Holdfast.Store.Etcd;

namespace Holdfast.Agent.Doctor;

/// <summary>Looks at this node, and has the other nodes look at themselves and at their way here.</summary>
internal sealed class Examination(NodeRuntime runtime, string version, string stateDirectory, TimeProvider time)
{
    private static readonly TimeSpan PeerLimit = TimeSpan.FromSeconds(20);
    private static readonly ICheck[] Checks = [new NetworkCheck(), new MtuCheck(), new DiskCheck(), new StoreCheck(), new TimingCheck(), new CertificateCheck(), new NamesCheck()];

    /// <summary>Looks with every node's eyes.</summary>
    public async Task<DoctorReport> OfClusterAsync(CancellationToken cancellationToken)
    {
        var here = OfNodeAsync(cancellationToken);
        var there = Others().Select(other => AskAsync(other, cancellationToken)).ToList();
        var findings = (await Task.WhenAll([here, .. there])).SelectMany(found => found).ToList();
        return new DoctorReport(
            findings.All(finding => finding.Level != FindingLevel.Problem),
            [.. findings.OrderByDescending(finding => finding.Level).ThenBy(finding => finding.Node, StringComparer.Ordinal).ThenBy(finding => finding.Check, StringComparer.Ordinal)]);
    }

    /// <summary>Looks with this node's eyes. One check after the other: those that measure time would measure each other.</summary>
    public async Task<IReadOnlyList<Finding>> OfNodeAsync(CancellationToken cancellationToken)
    {
        var context = new CheckContext(runtime, Others(), await PulseAsync(cancellationToken), stateDirectory, time);
        List<Finding> findings = [];
        foreach (var check in Checks)
        {
            try
            {
                findings.AddRange(await check.LookAsync(context, cancellationToken));
            }
            catch (Exception exception) when (exception is HoldfastException or LeashRefusedException or IOException)
            {
                findings.Add(context.Problem(check.GetType().Name.Replace("Check", "", StringComparison.Ordinal).ToLowerInvariant(), $"It could not be looked at: {exception.Message}", "See 'journalctl -u holdfast'."));
            }
        }

        return findings;
    }

    /// <summary>What this node says of itself.</summary>
    public async Task<Pulse> PulseAsync(CancellationToken cancellationToken)
    {
        string? etcd = null;
        if (runtime is { EtcdOptions: { } options, Identity.Voter: true })
        {
            using var member = new EtcdCluster(options) { Timeout = TimeSpan.FromMilliseconds(500) };
            try
            {
                etcd = (await member.StatusAsync(options.Endpoints[0], cancellationToken)).Version;
            }
            catch (HoldfastException)
            {
                // The store's own check says so.
            }
        }

        return new Pulse(time.GetUtcNow(), version, etcd, MtuCheck.Of(runtime.Identity.Address), NodeCertificates.Of(runtime.Keys, runtime.Certificates.Trouble));
    }

    private IReadOnlyList<NodeRecord> Others() =>
        runtime.Feed.Current is not { } state ? [] : [.. state.View.Nodes.Values.Select(node => node.Value).Where(node => node.Name != runtime.Node && node is { Intent: not NodeIntent.Evicted, Kind: not NodeKind.Client })]; // A client machine may be away, which is no finding.

    private async Task<IReadOnlyList<Finding>> AskAsync(NodeRecord other, CancellationToken cancellationToken) =>
        runtime.Peers is { } peers && await peers.TryAskAsync(other, "v1/peer/doctor", ApiJson.Default.IReadOnlyListFinding, PeerLimit, cancellationToken) is { } findings ? findings
            : [new Finding(other.Name.Value, "network", FindingLevel.Problem, $"{other.Name} could not be asked to look at itself.", $"Run 'holdfast doctor' on {other.Name}.")];
}
