using System.Collections.Immutable;
using Holdfast.Agent.Declarations;
using Holdfast.Agent.Resources;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Agent.Tests.Resources;

/// <summary>Roles with one resource, and what it works with.</summary>
internal static class TestRole
{
    public static readonly NodeName Node = new("a");

    public static RoleSpec Of(string yamlOfResource)
    {
        var result = DeclarationReader.Read($"roles: {{ orders: {{ resources: {{ it: {yamlOfResource} }} }} }}", "test.yaml", [Node]);
        result.ThrowIfInvalid();
        return result.Roles.Single();
    }

    /// <summary>What a declaration of a role with these resources says, right or wrong.</summary>
    public static DeclarationResult Read(string yamlOfResources) =>
        DeclarationReader.Read($"roles:\n  orders:\n    resources:\n{string.Join('\n', yamlOfResources.Split('\n').Select(line => "      " + line))}\n", "f", null);

    /// <summary>The role with these resources, which must be right.</summary>
    public static RoleSpec Declared(string yamlOfResources)
    {
        var result = Read(yamlOfResources);
        result.ThrowIfInvalid();
        return result.Roles.Single();
    }

    public static ResourceContext Context(RoleSpec role, ILeash leash, long epoch = 7, string node = "a", IPeers? peers = null) => new()
    {
        Role = role,
        Resource = role.Resources[0],
        Node = new NodeName(node),
        Warrant = new Warrant(role.Name.Value, 1, new RoleEpoch(1, epoch)),
        Leash = leash,
        Peers = peers ?? new FakePeers(),
        LogDirectory = "/var/log/holdfast",
        Time = TimeProvider.System,
        Logger = NullLogger.Instance,
    };

    public static IResource Create(ResourceContext context) => ResourceTypes.Require(context.Resource.Type).Create(context);

    public static Task<IReadOnlyList<SpecProblem>> CheckOnNodeAsync(RoleSpec role, RoleSpec? present = null, IPeers? peers = null, ImmutableArray<HeldUnit>? held = null) =>
        ResourceTypes.Require(role.Resources[0].Type).CheckOnNodeAsync(
            role, role.Resources[0], new NodeCheckContext(Node, [.. held ?? []], peers ?? new FakePeers(), present), CancellationToken.None);
}

/// <summary>Peers of which one may have a file system mounted.</summary>
internal sealed class FakePeers : IPeers
{
    public (NodeName Node, string Target)? Holder { get; init; }

    public Task<(NodeName Node, string Target)?> WhoMountsAsync(string fileSystemUuid, CancellationToken cancellationToken) => Task.FromResult(Holder);
}
