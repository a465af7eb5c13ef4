using Holdfast.Agent.Declarations;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Resources.Processes;

/// <summary><c>process</c>: a program that runs as long as the role is online here.</summary>
internal sealed class ProcessResourceType : IResourceType
{
    public string Name => "process";

    public IReadOnlyList<PropertyRule> Properties { get; } =
    [
        new("command", PropertyShape.List, Required: true, "The program and its arguments; it must stay in the foreground."),
        .. RunAs.Rules,
        new("stop-signal", PropertyShape.Text, Required: false, "The signal that ends it gracefully, such as TERM, INT or QUIT. The default is TERM.", InPlace: true),
    ];

    public IEnumerable<SpecProblem> Validate(RoleSpec role, ResourceSpec resource)
    {
        foreach (var problem in RunAs.Validate(role, resource)) yield return problem;
        if (resource.List("command").IsEmpty) yield return new(ResourceProperties.PathOf(role, resource, "command"), "is empty; give the program and its arguments.");
        if (resource.Text("stop-signal") is { } signal && !SignalNames.TryParse(signal, out _))
            yield return new(ResourceProperties.PathOf(role, resource, "stop-signal"), NearestName.Sentence("signal", signal, SignalNames.All));
    }

    public Task<IReadOnlyList<SpecProblem>> CheckOnNodeAsync(RoleSpec role, ResourceSpec resource, NodeCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<SpecProblem>>([.. CommandCheck.Run(role, resource, context.Node, "command")]);

    public IResource Create(ResourceContext context) => new ProcessResource(context, ResourceDigest.Of(this, context.Resource), () => context.Resource.List("command"));
}
