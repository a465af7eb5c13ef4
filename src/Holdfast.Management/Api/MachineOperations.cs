using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Cluster.Access;
using Holdfast.Management.Hosting;
using Holdfast.Management.Machines;
using static Holdfast.Management.Api.Answering;

namespace Holdfast.Management.Api;

/// <summary>The machines and their volumes.</summary>
internal sealed class MachineOperations(MachineWatch machines, ClusterFollower follower)
{
    /// <summary>Every one of them.</summary>
    public IEnumerable<Operation> All() =>
    [
        Get("/machines", AccessLevel.Viewer, "The machines, members and clients.", MachineJson.Default.IReadOnlyListMachineInfo, (_, _) =>
            Task.FromResult<IReadOnlyList<MachineInfo>>([.. Nodes.Select(node => new MachineInfo(node.Name, Word(node), node.State, node.Address, [.. AttachedTo(node.Name)]))])),
        Get("/machines/{name}", AccessLevel.Viewer, "A machine with its volumes and shared volumes.", MachineJson.Default.MachineDetail, (http, _) =>
        {
            var name = NodeApi.Part(http, "name");
            var node = Nodes.FirstOrDefault(node => node.Name == name) ?? throw new HoldfastException(ErrorKind.NotFound, "machine.not-found", $"There is no machine {name}.", "GET /api/v1/machines lists them.");
            var sight = machines.Find(name);
            return Task.FromResult(new MachineDetail(node.Name, Word(node), node.State, node.Address, sight?.Local, SharedDisks.SeenBy(follower.Status, name, sight?.Shared), sight?.Seen, sight?.Trouble));
        }),
    ];

    private IReadOnlyList<NodeStatus> Nodes => follower.Status?.Nodes ?? [];

    private static string Word(NodeStatus node) => node.Kind.ToString().ToLowerInvariant();

    // Who has which role is known at once; what a machine told of its volumes may be minutes old.
    private IEnumerable<string> AttachedTo(string node) => SharedDisks.AttachedTo(follower.Status, node);
}
