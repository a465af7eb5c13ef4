using System.Collections.Immutable;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using YamlDotNet.RepresentationModel;

namespace Holdfast.Agent.Declarations;

/// <summary>Reads one resource. Every key that is not common to all resources is a property, for its type to judge.</summary>
internal static class ResourceReader
{
    public static ResourceSpec Read(ResourceName name, YamlFields fields, YamlReading reading)
    {
        var type = fields.TakeText("type");
        if (type is null && !reading.IsReported(fields.PathOf("type")))
            reading.Report(fields.PathOf("type"), $"is missing; it is one of {string.Join(", ", Resources.ResourceTypes.All.Select(known => known.Name))}.", null);

        var usual = new ResourceSpec { Name = name, Type = type ?? "" };
        var resource = usual with
        {
            DependsOn = ReadDependencies(fields, reading),
            StartTimeout = fields.TakeDuration("start-timeout", usual.StartTimeout),
            StopTimeout = fields.TakeDuration("stop-timeout", usual.StopTimeout),
            Desired = fields.TakeParsed("desired", usual.Desired, DeclarationReader.ReadDesired),
            NonCritical = !fields.TakeParsed("critical", !usual.NonCritical, ReadTruth),
            Idle = fields.Take("idle") is { } idle && YamlFields.Of(idle, fields.PathOf("idle"), reading) is { } probe ? ReadProbe(probe, idle, reading) : null,
            Probes = ReadProbes(fields, reading),
        };

        var properties = ImmutableSortedDictionary.CreateBuilder<string, PropertyValue>(StringComparer.Ordinal);
        foreach (var (key, node) in fields.TakeRest())
        {
            if (ReadProperty(node, fields.PathOf(key), reading) is { } value) properties[key] = value;
        }

        return resource with { Properties = properties.ToImmutable() };
    }

    private static (bool Value, string? Complaint) ReadTruth(string text) => text switch
    {
        "true" => (true, null),
        "false" => (false, null),
        _ => (default, $"is '{text}'; it must be true or false."),
    };

    private static ImmutableArray<ResourceName> ReadDependencies(YamlFields fields, YamlReading reading)
    {
        var names = ImmutableArray.CreateBuilder<ResourceName>();
        foreach (var (text, node) in fields.TakeList("depends-on"))
        {
            if (EntityName.IsValid(text)) names.Add(new ResourceName(text));
            else reading.Report(fields.PathOf("depends-on"), DeclarationReader.InvalidName("resource", text), node);
        }

        return names.DrainToImmutable();
    }

    internal static PropertyValue? ReadProperty(YamlNode node, string path, YamlReading reading)
    {
        switch (node)
        {
            case YamlSequenceNode:
                return PropertyValue.Of(reading.List(node, path).Select(item => item.Text));
            case YamlMappingNode when YamlFields.Of(node, path, reading) is { } map:
                return PropertyValue.Of(map.TakeRest()
                    .Select(entry => KeyValuePair.Create(entry.Key, reading.Text(entry.Value, map.PathOf(entry.Key)) ?? "")));
            default:
                return reading.Text(node, path) is { } text ? PropertyValue.Of(text) : null;
        }
    }

    private static ImmutableArray<ProbeSpec> ReadProbes(YamlFields fields, YamlReading reading)
    {
        var path = fields.PathOf("probes");
        switch (fields.Take("probes"))
        {
            case null:
                return [];
            case YamlSequenceNode list:
                var probes = ImmutableArray.CreateBuilder<ProbeSpec>();
                foreach (var (index, item) in list.Children.Index())
                {
                    if (YamlFields.Of(item, $"{path}[{index}]", reading) is { } probe && ReadProbe(probe, item, reading) is { } spec) probes.Add(spec);
                }

                return probes.DrainToImmutable();
            case { } other:
                reading.Report(path, "must be a list of probes, such as - { tcp: \"10.0.0.100:5432\" }.", other);
                return [];
        }
    }

    private static ProbeSpec? ReadProbe(YamlFields fields, YamlNode item, YamlReading reading)
    {
        var given = ProbeKeys.Kinds.Where(key => reading.IsGiven(fields.PathOf(key))).ToArray();
        var (tcp, http, command) = (fields.Take("tcp"), fields.Take("http"), fields.TakeList("command"));
        var usual = new ProbeSpec { Kind = tcp is not null ? ProbeKind.Tcp : http is not null ? ProbeKind.Http : ProbeKind.Command };
        var probe = usual with
        {
            Target = (tcp ?? http) is { } target ? reading.Text(target, fields.PathOf(given[0])) : null,
            Command = command is [var single] && !IsList(item, "command") ? [.. single.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)] : [.. command.Select(part => part.Text)],
            Purpose = fields.TakeParsed("for", usual.Purpose, ProbeKeys.ReadPurpose),
            Interval = fields.TakeDuration("interval", usual.Interval),
            Timeout = fields.TakeDuration("timeout", usual.Timeout),
            Threshold = fields.TakeNumber("threshold", usual.Threshold),
        };
        fields.RefuseRest("probe");
        if (given.Length == 1) return probe;

        reading.Report(fields.Path, given.Length == 0 ? "asks nothing; give one of tcp, http or command." : $"has {string.Join(" and ", given)}; a probe asks one thing.", item);
        return null;
    }

    private static bool IsList(YamlNode item, string key) => item is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(key), out var value) && value is YamlSequenceNode;
}
