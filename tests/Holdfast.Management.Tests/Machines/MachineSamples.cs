using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Cluster.Nodes;
using Holdfast.Management.Machines;

namespace Holdfast.Management.Tests.Machines;

/// <summary>Machines and what they tell.</summary>
internal static class MachineSamples
{
    public static ClusterStatus Cluster(params NodeStatus[] nodes) => new()
    {
        Name = "lab", Id = "1", Profile = "lan", Revision = 1, AnsweredBy = "a", Store = "ok", Nodes = nodes, Roles = [], SharedVolumes = [], Warnings = [],
    };

    public static NodeStatus Node(string name, string state = "up", NodeKind kind = NodeKind.Member) => new(name, kind, true, false, "10.0.0.1", state, NodeIntent.Active, 1, 1, []);

    /// <summary>A machine with one volume for each path; a path that names a shared volume (<c>/srv=orders/data</c>) is its.</summary>
    public static MachineSight Sight(string node, DateTimeOffset seen, params string[] paths) => MachineSight.Of(node, seen, JsonElement.Parse($"[{string.Join(',', paths.Select(Volume))}]"), JsonElement.Parse("[]"));

    private static string Volume(string path) => path.Split('=') is [var folder, var shared]
        ? $$"""{"fileSystem":"xfs","mounts":[{"path":"{{folder}}"}],"sharedVolumeId":"{{shared}}"}""" : $$"""{"fileSystem":"ext4","mounts":[{"path":"{{path}}"}],"sharedVolumeId":null}""";
}
