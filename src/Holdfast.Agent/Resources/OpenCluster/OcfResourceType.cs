using System.Globalization;
using System.Net;
using Holdfast.Agent.Declarations;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Resources.OpenCluster;

/// <summary><c>ocf</c>: anything that an agent of the Open Cluster Framework can start, stop and monitor. Agents run as root, as they are written to.</summary>
internal sealed class OcfResourceType : IResourceType
{
    public const string TypeName = "ocf";

    internal static readonly TimeSpan DefaultCheckInterval = TimeSpan.FromSeconds(10);

    public string Name => TypeName;

    public IReadOnlyList<PropertyRule> Properties { get; } =
    [
        new("agent", PropertyShape.Text, Required: true, "The agent as ocf:PROVIDER:NAME, such as ocf:heartbeat:IPaddr2. It runs as root."),
        new("parameters", PropertyShape.Map, Required: false, "Its parameters; the agent's meta-data says which there are."),
        new("outside", PropertyShape.Text, Required: false,
            "What it does outside of its processes, for the leash to take back when the node's lease ends: none, address, mount or stop (its own stop action is run then, and must succeed well before the other nodes go on). The default is what is known of the agent, and stop for others."),
        Names.ComputerName.Rule,
        new("check-interval", PropertyShape.Text, Required: false, "The pause between its monitor actions, from 100ms to 1h. The default is 10s.", InPlace: true),
        new("fence", PropertyShape.Text, Required: false, "For agents that mount a disk, as for the type disk: operator (the default) or lease.", InPlace: true),
    ];

    public IEnumerable<SpecProblem> Validate(RoleSpec role, ResourceSpec resource)
    {
        string At(string property) => ResourceProperties.PathOf(role, resource, property);
        foreach (var problem in ResourceProperties.CheckDuration(role, resource, "check-interval", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1))) yield return problem;
        foreach (var problem in ResourceProperties.CheckChoice(role, resource, "outside", OcfEffects.All)) yield return problem;
        foreach (var problem in ResourceProperties.CheckChoice(role, resource, "fence", "operator", "lease")) yield return problem;
        foreach (var problem in Names.ComputerName.Validate(role, resource)) yield return problem;
        foreach (var (name, value) in resource.Map("parameters"))
        {
            if (name.Length == 0 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')) yield return new(At($"parameters.{name}"), $"'{name}' is no name of a parameter; use letters, digits and '_'.");
            if (value.Contains('\0', StringComparison.Ordinal)) yield return new(At($"parameters.{name}"), "contains a NUL character, which no variable can hold.");
        }

        if (OcfAgent.TryParse(resource.Text("agent") ?? "") is not { } agent)
        {
            yield return new(At("agent"), $"'{resource.Text("agent")}' is not an agent; write ocf:PROVIDER:NAME, such as ocf:heartbeat:IPaddr2.");
            yield break;
        }

        var effect = OcfEffects.Of(resource, agent);
        if (OcfEffects.ParameterOf(resource, agent) is not { } parameter) yield break;
        var given = OcfEffects.ValueOf(resource, agent);
        if (given is null)
            yield return new(At($"parameters.{parameter}"), $"is missing; the leash needs it to know which {effect} to take back.");
        else if (effect == OcfEffects.Address && !IPAddress.TryParse(given, out _))
            yield return new(At($"parameters.{parameter}"), $"'{given}' is not an address.");
        else if (effect == OcfEffects.Mount && (!given.StartsWith('/') || given.TrimEnd('/').Length == 0))
            yield return new(At($"parameters.{parameter}"), $"'{given}' is not the absolute path of a folder below /.");
    }

    public async Task<IReadOnlyList<SpecProblem>> CheckOnNodeAsync(RoleSpec role, ResourceSpec resource, NodeCheckContext context, CancellationToken cancellationToken)
    {
        string At(string property) => ResourceProperties.PathOf(role, resource, property);
        var agent = OcfAgent.TryParse(resource.RequiredText("agent"))!;
        var (metadata, complaint) = await OcfMetadata.OfAsync(agent, TimeProvider.System, cancellationToken);
        if (metadata is null) return [new(At("agent"), $"{complaint} (node {context.Node}).")];

        var problems = new List<SpecProblem>();
        var given = resource.Map("parameters");
        foreach (var (name, value) in given)
        {
            if (!metadata.Parameters.TryGetValue(name, out var parameter)) problems.Add(new(At($"parameters.{name}"), NearestName.Sentence($"parameter of {agent}", name, metadata.Parameters.Keys)));
            else if (parameter.Type == "integer" && !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)) problems.Add(new(At($"parameters.{name}"), $"is '{value}'; {agent} takes a whole number."));
            else if (parameter.Type == "boolean" && value.ToLowerInvariant() is not ("yes" or "no" or "true" or "false" or "1" or "0" or "on" or "off" or "ja")) problems.Add(new(At($"parameters.{name}"), $"is '{value}'; {agent} takes yes or no."));
        }

        foreach (var missing in metadata.Parameters.Values.Where(parameter => parameter.Required && string.IsNullOrEmpty(parameter.Default) && !given.ContainsKey(parameter.Name)))
            problems.Add(new(At($"parameters.{missing.Name}"), $"is missing; {agent} needs it{(missing.Help.Length > 0 ? $": {missing.Help}" : "")}."));
        foreach (var action in (string[])["start", "stop", "monitor"])
        {
            if (!metadata.Actions.ContainsKey(action)) problems.Add(new(At("agent"), $"{agent} has no action {action}, which every resource needs (node {context.Node})."));
        }

        return problems;
    }

    public IResource Create(ResourceContext context) => new OcfResource(context, ResourceDigest.Of(this, context.Resource));
}
