using Holdfast.Agent.Declarations;
using Holdfast.Cluster.Roles;
using YamlDotNet.RepresentationModel;

namespace Holdfast.Management.Policies;

/// <summary>Puts a YAML map together; what is null or empty is left out.</summary>
internal sealed class YamlBuilder
{
    private readonly YamlMappingNode _fields = [];

    public YamlBuilder Add(string key, string? text)
    {
        if (text is not null) _fields.Add(key, DeclarationWriter.Scalar(text));
        return this;
    }

    public YamlBuilder Add(string key, IReadOnlyCollection<string> items)
    {
        if (items.Count > 0) _fields.Add(key, DeclarationWriter.List(items));
        return this;
    }

    public YamlBuilder Add(string key, IReadOnlyDictionary<string, string> entries)
    {
        if (entries.Count > 0) _fields.Add(key, new YamlMappingNode(entries.Select(entry => KeyValuePair.Create<YamlNode, YamlNode>(DeclarationWriter.Scalar(entry.Key), DeclarationWriter.Scalar(entry.Value)))));
        return this;
    }

    public YamlBuilder Add(string key, PropertyValue? value) =>
        value is null ? this : value.Text is { } text ? Add(key, text) : value.Items is { } items ? Add(key, items) : Add(key, value.Entries!);

    public YamlBuilder Add(string key, YamlBuilder inner)
    {
        if (inner._fields.Children.Count > 0) _fields.Add(key, inner._fields);
        return this;
    }

    public YamlBuilder Add(string key, IEnumerable<YamlBuilder> items)
    {
        var list = new YamlSequenceNode(items.Select(item => item._fields));
        if (list.Children.Count > 0) _fields.Add(key, list);
        return this;
    }

    public override string ToString() => DeclarationWriter.Text(_fields);
}
