using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Resources.Services;

/// <summary><c>service</c>: a service of systemd, which runs on the node that has the role and can be started on no other.</summary>
internal sealed class ServiceResourceType : IResourceType
{
    public const string TypeName = "service";

    internal static readonly TimeSpan DefaultCheckInterval = TimeSpan.FromSeconds(2);

    public string Name => TypeName;

    public IReadOnlyList<PropertyRule> Properties { get; } =
    [
        new("service", PropertyShape.Text, Required: true, "The service's name in systemd, such as nginx or postgresql@15-main. It must not be enabled: the cluster starts it. While a role has it, Restart= of its unit does not count."),
        new("check-interval", PropertyShape.Text, Required: false, "The pause between looks at its state, from 100ms to 1h. The default is 2s.", InPlace: true),
    ];

    public IEnumerable<SpecProblem> Validate(RoleSpec role, ResourceSpec resource)
    {
        var path = ResourceProperties.PathOf(role, resource, "service");
        foreach (var problem in ResourceProperties.CheckDuration(role, resource, "check-interval", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1))) yield return problem;
        if (ServiceUnit.NameOf(resource.Text("service") ?? "") is not { } name) yield return new(path, $"'{resource.Text("service")}' is not the name of a service; write it as systemctl shows it, such as nginx or nginx.service.");
        else if (name.EndsWith("@.service", StringComparison.Ordinal)) yield return new(path, $"{name} is a template; name an instance of it.");
        else if (name is "holdfast.service" or "dbus.service" or "systemd-journald.service") yield return new(path, $"{name} is something that the node itself needs.");
        else if (role.Resources.Any(other => other != resource && other.Type == Name && other.Text("service") is { } text && ServiceUnit.NameOf(text) == name)) yield return new(path, $"{name} is run by another resource of this role too.");
    }

    public async Task<IReadOnlyList<SpecProblem>> CheckOnNodeAsync(RoleSpec role, ResourceSpec resource, NodeCheckContext context, CancellationToken cancellationToken)
    {
        var path = ResourceProperties.PathOf(role, resource, "service");
        var name = ServiceUnit.NameOf(resource.RequiredText("service"))!;
        if (!Environment.IsPrivilegedProcess) return [new(path, $"the agent on node {context.Node} is not root and cannot run services of systemd.")];
        if (!ServiceUnit.IsManagerHere) return [new(path, $"node {context.Node} is not run by systemd; use the type process.")];

        var unit = await ServiceUnit.FindAsync(name, TimeProvider.System, cancellationToken);
        if (unit is not { LoadState: "loaded" }) return [new(path, $"systemd of node {context.Node} {WhyUnusable(unit, name)}.")];
        if (unit.StartsByItself) return [new(path, $"{name} is {unit.FileState} on node {context.Node}: it would start there by itself at boot, whoever owns the role. Disable it there: systemctl disable --now {name}")];

        var isOurs = context.HeldHere.Any(held => held.Role == role.Name.Value)
            || (context.Present?.Resources.Any(present => present.Type == Name && present.Text("service") is { } text && ServiceUnit.NameOf(text) == name) ?? false);
        return !isOurs && unit.ActiveState is "active" or "activating" or "reloading"
            ? [new(path, $"{name} runs on node {context.Node} already, and no role started it; stop it there: systemctl stop {name}")]
            : [];
    }

    public IResource Create(ResourceContext context) => new ServiceResource(context, ResourceDigest.Of(this, context.Resource));

    internal static string WhyUnusable(ServiceUnit? unit, string name) => unit?.LoadState switch
    {
        null => "does not answer",
        "not-found" => $"knows no {name}; install the package that has it",
        "masked" => $"has {name} masked; unmask it: systemctl unmask {name}",
        var state => $"cannot load {name} ({state}); see 'systemctl status {name}' there",
    };
}
