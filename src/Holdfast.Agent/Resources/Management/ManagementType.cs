using Holdfast.Agent.Doors;
using Holdfast.Agent.Resources.Disks;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Agent.Tracing;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Resources.Management;

/// <summary>
/// <c>management</c>: the management service, <c>holdfast management</c> as a process of the role. It listens on a socket of its node only; the doors of
/// all nodes lead to it. It runs as the agent's user, because it asks the agent for others.
/// </summary>
internal sealed class ManagementType : IResourceType
{
    public const string TypeName = "management";

    public string Name => TypeName;

    public IReadOnlyList<PropertyRule> Properties { get; } =
    [
        new("database-file", PropertyShape.Text, Required: false, "A file with the address of the repository database, postgres://USER:PASSWORD@HOST/DATABASE, at the same absolute path on every node. The default is SQLite in the state folder of the node."),
    ];

    public IEnumerable<SpecProblem> Validate(RoleSpec role, ResourceSpec resource)
    {
        if (role.Name != ManagementRole.Name) yield return new(ResourceProperties.PathOf(role, resource, "type"), $"is {TypeName}, which only the role '{ManagementRole.Name}' has: the doors lead there.");
        if (role.Mode != RoleMode.Single) yield return new($"roles.{role.Name}.mode", "must be single; there is one management service.");
        foreach (var problem in ResourceProperties.CheckAbsolutePath(role, resource, "database-file")) yield return problem;
    }

    public Task<IReadOnlyList<SpecProblem>> CheckOnNodeAsync(RoleSpec role, ResourceSpec resource, NodeCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<SpecProblem>>(resource.Text("database-file") is { } file && RoleDisks.Find(role, resource, file) is null && !File.Exists(file)
            ? [new(ResourceProperties.PathOf(role, resource, "database-file"), $"there is no file {file} on node {context.Node}.")] : []);

    public IResource Create(ResourceContext context)
    {
        var service = context.Resource with
        {
            Properties = context.Resource.Properties.SetItem("user", PropertyValue.Of(Environment.IsPrivilegedProcess ? "root" : RunAs.DefaultUser)).SetItem("environment", PropertyValue.Of(TraceSettings.ToPassOn())),
        };
        var process = new ProcessResource(context with { Resource = service }, ResourceDigest.Of(this, context.Resource), () => [Environment.ProcessPath!, .. ArgumentsOf(context)]);
        return new ManagementResource(context, process);
    }

    // The log folder is the one of the state folder: STATE/log.
    private static string[] ArgumentsOf(ResourceContext context) =>
    [
        "management", "--state", Path.GetDirectoryName(context.LogDirectory)!, "--run-dir", context.RunDirectory,
        .. context.Resource.Text("database-file") is { } file ? (string[])["--database-file", file] : [],
    ];
}
