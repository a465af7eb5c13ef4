using System.Net;
using System.Net.Sockets;
using Holdfast.Agent.Api;
using Holdfast.Agent.Etcd;
using Holdfast.Cluster.Nodes;

namespace Holdfast.Agent.Doctor;

/// <summary>The way to every other node: its node API over mutual TLS, and the ports of its member of etcd. Each node looks at its own way out, so together both ways are looked at. With the answers also come the others' clocks, versions and MTU.</summary>
internal sealed class NetworkCheck : ICheck
{
    private const string Name = "network";
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> LookAsync(CheckContext context, CancellationToken cancellationToken) =>
        context.Runtime.Peers is null ? [context.Ok(Name, "This cluster has one node.")]
            : [.. (await Task.WhenAll(context.Others.Select(other => LookAtAsync(context, other, cancellationToken)))).SelectMany(findings => findings)];

    private static async Task<IEnumerable<Finding>> LookAtAsync(CheckContext context, NodeRecord other, CancellationToken cancellationToken)
    {
        List<Finding> findings = [];
        foreach (var (port, what) in other.Voter ? new[] { (other.ApiPort, "node API"), (EtcdSupervisor.ClientPort, "etcd, clients"), (EtcdSupervisor.PeerPort, "etcd, members") } : [(other.ApiPort, "node API")])
        {
            if (await TryConnectAsync(context, other.Address, port, cancellationToken) is { } refusal)
                findings.Add(context.Problem(Name, $"{other.Name} cannot be reached at {other.Address} port {port} ({what}): {refusal}.", $"See that {other.Name} is up and that no firewall between {context.Runtime.Node} and {other.Name} drops TCP {port}."));
        }

        if (findings.Count > 0) return findings;
        if (await PulseMeasure.TakeAsync(context.Runtime.Peers!, other, context.Time, cancellationToken) is not { } measure)
            return [context.Problem(Name, $"{other.Name} accepts connections and does not answer as a node of this cluster.", $"See 'journalctl -u holdfast' on {other.Name}; if its certificate is not the one on record, evict it and join it again.")];
        var (best, worst) = (measure.Best, measure.Worst);
        findings.Add(worst > context.Runtime.Profile.CommitTime
            ? context.Problem(Name, $"A round trip to {other.Name} takes {best.TotalMilliseconds:0.0} to {worst.TotalMilliseconds:0.0} ms; profile {context.Runtime.Profile.Name} allows {context.Runtime.Profile.CommitTime.TotalMilliseconds:0} ms for a whole commit.", "Use a calmer network, or a slower timing profile.")
            : context.Ok(Name, $"{other.Name} answers in {best.TotalMilliseconds:0.0} to {worst.TotalMilliseconds:0.0} ms."));
        findings.Add(OfClock(context, other, measure.Ahead));
        findings.AddRange(OfVersions(context, other, measure.Pulse));
        return findings;
    }

    private static Finding OfClock(CheckContext context, NodeRecord other, TimeSpan ahead) => ahead.Duration() > ClockTolerance
        ? context.Warning("clocks", $"The wall clock of {other.Name} is {Math.Abs(ahead.TotalSeconds):0.0} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} this one.", "Synchronise time on both (chrony, systemd-timesyncd). No lease depends on it; budgets, windows, certificates and the order of events do.")
        : context.Ok("clocks", $"The wall clock of {other.Name} differs by {Math.Abs(ahead.TotalMilliseconds):0} ms.");

    private static IEnumerable<Finding> OfVersions(CheckContext context, NodeRecord other, Pulse theirs)
    {
        var ours = context.Here;
        yield return theirs.Version == ours.Version ? context.Ok("versions", $"{other.Name} runs {theirs.Version} too.")
            : context.Warning("versions", $"{other.Name} runs {theirs.Version}, this node {ours.Version}.", "Bring all nodes to one version, one node after the other.");
        if (theirs.Etcd is not null && ours.Etcd is not null && theirs.Etcd != ours.Etcd)
            yield return context.Warning("versions", $"etcd is {theirs.Etcd} on {other.Name} and {ours.Etcd} here.", "Bring all nodes to one version of etcd, one node after the other.");
    }

    private static async Task<string?> TryConnectAsync(CheckContext context, string address, int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var limit = new CancellationTokenSource(AnswerLimit, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await socket.ConnectAsync(IPAddress.Parse(address), port, either.Token);
            return null;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionRefused ? "nobody listens there" : exception.Message;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {AnswerLimit.TotalSeconds:0} s";
        }
    }
}
