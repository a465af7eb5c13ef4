using Holdfast.Agent.Resources.Processes;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Resources.Scripts;

/// <summary><c>script</c>: anything that commands can bring online, check and take offline. Exit code 0 means well.</summary>
internal sealed class ScriptResourceType : IResourceType
{
    public string Name => "script";

    public IReadOnlyList<PropertyRule> Properties { get; } =
    [
        new("online", PropertyShape.List, Required: true, "The command that brings it online; it ends when that is done, within start-timeout. Daemons it leaves behind belong to the resource."),
        new("check", PropertyShape.List, Required: false, "The command that asks whether it is well; without one it is taken to be.", InPlace: true),
        new("offline", PropertyShape.List, Required: true, "The command that takes it offline, within stop-timeout; whatever is left then is killed. It must not fail when nothing is online.", InPlace: true),
        .. RunAs.Rules,
        new("check-interval", PropertyShape.Text, Required: false, "The pause between checks, from 100ms to 1h. The default is 5s.", InPlace: true),
    ];

    public IEnumerable<SpecProblem> Validate(RoleSpec role, ResourceSpec resource)
    {
        foreach (var problem in RunAs.Validate(role, resource)) yield return problem;
        foreach (var command in (string[])["online", "check", "offline"])
        {
            if (resource.Properties.ContainsKey(command) && resource.List(command).IsEmpty)
                yield return new(ResourceProperties.PathOf(role, resource, command), "is empty; give the program and its arguments.");
        }

        foreach (var problem in ResourceProperties.CheckDuration(role, resource, "check-interval", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1))) yield return problem;
    }

    public Task<IReadOnlyList<SpecProblem>> CheckOnNodeAsync(RoleSpec role, ResourceSpec resource, NodeCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<SpecProblem>>([.. CommandCheck.Run(role, resource, context.Node, "online", "check", "offline")]);

    public IResource Create(ResourceContext context) => new ScriptResource(context, ResourceDigest.Of(this, context.Resource));
}
