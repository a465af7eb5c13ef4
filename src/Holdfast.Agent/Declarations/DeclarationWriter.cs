using System.Globalization;
using System.Text.RegularExpressions;
using Holdfast.Cluster.Roles;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Holdfast.Agent.Declarations;

/// <summary>Writes roles as a declaration that <see cref="DeclarationReader"/> reads back as the same roles. Defaults are left out.</summary>
public static partial class DeclarationWriter
{
    /// <summary>Writes one role.</summary>
    public static string Write(RoleSpec role) => Write([role]);

    /// <summary>Writes several roles as one document.</summary>
    public static string Write(IEnumerable<RoleSpec> roles)
    {
        var all = new YamlMappingNode();
        foreach (var role in roles) all.Add(Scalar(role.Name.Value), RoleNode(role));

        return Text(new YamlMappingNode { { "roles", all } });
    }

    /// <summary>Writes one document as every declaration is written.</summary>
    internal static string Text(YamlNode document)
    {
        var writer = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(writer, EmitterSettings.Default.WithBestWidth(int.MaxValue).WithNewLine("\n"));
        new YamlStream(new YamlDocument(document)).Save(emitter, assignAnchors: false);
        var text = writer.ToString();
        return text.EndsWith("...\n", StringComparison.Ordinal) ? text[..^4] : text;
    }

    private static YamlMappingNode RoleNode(RoleSpec role)
    {
        var node = new YamlMappingNode();
        if (role.Mode != RoleMode.Single) node.Add("mode", PolicyText.Format(role.Mode));
        if (!role.PossibleOwners.IsEmpty) node.Add("possible-owners", List(role.PossibleOwners));
        if (!role.PreferredOwners.IsEmpty) node.Add("preferred-owners", List(role.PreferredOwners));
        if (!role.Affinity.IsEmpty) node.Add("affinity", List(role.Affinity));
        if (!role.AntiAffinity.IsEmpty) node.Add("anti-affinity", List(role.AntiAffinity));

        var usual = new RoleSpec { Name = role.Name };
        if (role.Failback != usual.Failback) node.Add("failback", PolicyText.Format(role.Failback));
        if (role.Restarts != usual.Restarts) node.Add("restarts", PolicyText.Format(role.Restarts));
        if (role.Failovers != usual.Failovers) node.Add("failovers", PolicyText.Format(role.Failovers));
        if (role.Quarantine != usual.Quarantine) node.Add("quarantine", PolicyText.Format(role.Quarantine));
        if (role.StartTier != usual.StartTier) node.Add("start-tier", Number(role.StartTier));
        if (role.Priority != usual.Priority) node.Add("priority", Number(role.Priority));
        if (role.Weight != usual.Weight) node.Add("weight", Number(role.Weight));
        if (role.Desired != usual.Desired) node.Add("desired", PolicyText.Format(role.Desired));

        if (!role.Resources.IsEmpty)
        {
            var resources = new YamlMappingNode();
            foreach (var resource in role.Resources) resources.Add(Scalar(resource.Name.Value), ResourceNode(resource));
            node.Add("resources", resources);
        }

        return node;
    }

    private static YamlMappingNode ResourceNode(ResourceSpec resource)
    {
        var node = new YamlMappingNode { { "type", Scalar(resource.Type) } };
        if (!resource.DependsOn.IsEmpty) node.Add("depends-on", List(resource.DependsOn));
        foreach (var (name, value) in resource.Properties)
        {
            node.Add(Scalar(name), value switch
            {
                { Text: { } text } => Scalar(text),
                { Items: { } items } => List(items),
                _ => new YamlMappingNode(value.Entries!.Select(entry => KeyValuePair.Create<YamlNode, YamlNode>(Scalar(entry.Key), Scalar(entry.Value)))),
            });
        }

        var usual = new ResourceSpec { Name = resource.Name, Type = resource.Type };
        if (resource.StartTimeout != usual.StartTimeout) node.Add("start-timeout", Durations.Format(resource.StartTimeout));
        if (resource.StopTimeout != usual.StopTimeout) node.Add("stop-timeout", Durations.Format(resource.StopTimeout));
        if (resource.Desired != usual.Desired) node.Add("desired", PolicyText.Format(resource.Desired));
        if (resource.NonCritical) node.Add("critical", "false");
        if (resource.Idle is { } idle) node.Add("idle", ProbeNode(idle));
        if (!resource.Probes.IsEmpty) node.Add("probes", new YamlSequenceNode(resource.Probes.Select(ProbeNode)));
        return node;
    }

    private static YamlMappingNode ProbeNode(ProbeSpec probe)
    {
        var usual = new ProbeSpec { Kind = probe.Kind };
        var node = new YamlMappingNode { Style = MappingStyle.Flow };
        node.Add(ProbeKeys.Of(probe.Kind), probe.Kind == ProbeKind.Command ? List(probe.Command) : Scalar(probe.Target ?? ""));
        if (ProbeKeys.Of(probe.Purpose) is { } purpose) node.Add("for", purpose);
        if (probe.Interval != usual.Interval) node.Add("interval", Durations.Format(probe.Interval));
        if (probe.Timeout != usual.Timeout) node.Add("timeout", Durations.Format(probe.Timeout));
        if (probe.Threshold != usual.Threshold) node.Add("threshold", Number(probe.Threshold));
        return node;
    }

    internal static YamlSequenceNode List<T>(IEnumerable<T> items) => new(items.Select(item => Scalar(item!.ToString()!))) { Style = SequenceStyle.Flow };

    internal static YamlScalarNode Scalar(string text) => new(text) { Style = IsPlain(text) ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    // Stricter than YAML asks for: what another reader could take for a number, a truth value or nothing is quoted too.
    private static bool IsPlain(string text) =>
        PlainShape().IsMatch(text) && text.ToLowerInvariant() is not ("null" or "true" or "false" or "yes" or "no" or "on" or "off" or "y" or "n");

    [GeneratedRegex(@"^[A-Za-z/][A-Za-z0-9/_.=+@-]*\z|^[0-9]+(ms|s|m|h|d)\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainShape();
}
