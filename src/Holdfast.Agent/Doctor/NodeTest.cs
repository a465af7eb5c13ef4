using Holdfast.Agent.Api;
using Holdfast.Agent.Hosting;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;

namespace Holdfast.Agent.Doctor;

/// <summary>Tests the connection to one node: whether it answers as a node of this cluster, how fast, and what it says of itself.</summary>
internal sealed class NodeTest(NodeRuntime runtime, Examination examination, TimeProvider time)
{
    /// <summary>Tests it. That it does not answer is an answer.</summary>
    /// <exception cref="HoldfastException">Code <c>node.not-found</c>.</exception>
    public async Task<NodeTestAnswer> TestAsync(NodeName name, CancellationToken cancellationToken)
    {
        var node = runtime.Operations.FindNode(name).Value;
        if (node.Name == runtime.Node || runtime.Peers is not { } peers) return Answer(node, new PulseMeasure(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, await examination.PulseAsync(cancellationToken)), $"Node {node.Name} is the one that was asked.");
        return await PulseMeasure.TakeAsync(peers, node, time, cancellationToken) is { } measure
            ? Answer(node, measure, $"Node {node.Name} answers {runtime.Node} in {measure.Best.TotalMilliseconds:0.0} to {measure.Worst.TotalMilliseconds:0.0} ms.")
            : new NodeTestAnswer(node.Name.Value, false, $"Node {node.Name} does not answer {runtime.Node} at {node.Address} port {node.ApiPort} as a node of this cluster.",
                $"See that it is up, that its agent runs ('systemctl status holdfast' there), and that no firewall on the way drops TCP {node.ApiPort}.", null, null, null, null, []);
    }

    private static NodeTestAnswer Answer(NodeRecord node, PulseMeasure measure, string sentence) => new(
        node.Name.Value, true, sentence, null, Math.Round(measure.Best.TotalMilliseconds, 2), Math.Round(measure.Ahead.TotalMilliseconds, 1), measure.Pulse.Version, measure.Pulse.Etcd, measure.Pulse.Certificates ?? []);
}
