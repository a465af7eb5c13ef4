using YamlDotNet.RepresentationModel;

namespace Holdfast.Agent.Declarations;

/// <summary>The keys of one YAML map, taken one by one; what nobody took is unknown.</summary>
internal sealed class YamlFields
{
    private readonly YamlReading _reading;
    private readonly OrderedDictionary<string, (YamlScalarNode Key, YamlNode Value)> _left = [];
    private readonly List<string> _known = [];

    private YamlFields(YamlReading reading, string path)
    {
        _reading = reading;
        Path = path;
    }

    public string Path { get; }

    /// <summary>Reads the keys of a map, or reports that it is none. What is empty is an empty map.</summary>
    public static YamlFields? Of(YamlNode node, string path, YamlReading reading)
    {
        if (node is not YamlMappingNode map)
        {
            if (YamlReading.IsEmpty(node)) return new YamlFields(reading, path);

            reading.Report(path, "must be a map (key: value).", node);
            return null;
        }

        var fields = new YamlFields(reading, path);
        foreach (var (key, value) in map.Children)
        {
            if (key is YamlScalarNode { Value.Length: > 0 } scalar) fields._left[scalar.Value] = (scalar, value);
            else reading.Report(path, "has a key that is not a text.", key);
        }

        foreach (var (name, (key, _)) in fields._left) reading.Give(fields.PathOf(name), key);
        return fields;
    }

    public string PathOf(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    /// <summary>Takes the value of a key; null when it is not given.</summary>
    public YamlNode? Take(string key)
    {
        _known.Add(key);
        return _left.Remove(key, out var field) ? field.Value : null;
    }

    /// <summary>Takes a text.</summary>
    public string? TakeText(string key) => Take(key) is { } node ? _reading.Text(node, PathOf(key)) : null;

    /// <summary>Takes a text that must mean something.</summary>
    public T TakeParsed<T>(string key, T otherwise, Func<string, (T? Value, string? Complaint)> parse)
    {
        if (Take(key) is not { } node || _reading.Text(node, PathOf(key)) is not { } text) return otherwise;

        var (value, complaint) = parse(text);
        if (complaint is null) return value!;

        _reading.Report(PathOf(key), complaint, node);
        return otherwise;
    }

    public TimeSpan TakeDuration(string key, TimeSpan otherwise) =>
        TakeParsed(key, otherwise, text => Durations.TryParse(text, out var duration) ? (duration, null) : (default, Durations.Complaint(text)));

    public int TakeNumber(string key, int otherwise) =>
        TakeParsed(key, otherwise, text => int.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? (number, null) : (default, $"'{text}' is not a whole number."));

    /// <summary>Takes a list of texts; one text is a list of one.</summary>
    public IReadOnlyList<(string Text, YamlNode Node)> TakeList(string key) => Take(key) is { } node ? _reading.List(node, PathOf(key)) : [];

    /// <summary>Takes everything that is left.</summary>
    public IReadOnlyList<(string Key, YamlNode Value)> TakeRest()
    {
        (string, YamlNode)[] rest = [.. _left.Select(field => (field.Key, field.Value.Value))];
        _left.Clear();
        return rest;
    }

    /// <summary>Reports every key that nobody took, with the nearest one that exists.</summary>
    public void RefuseRest(string kind)
    {
        foreach (var (name, (key, _)) in _left)
        {
            _reading.Report(PathOf(name), NearestName.Of(name, _known) is { } near
                ? $"there is no key '{name}' in a {kind}; did you mean '{near}'?"
                : $"there is no key '{name}' in a {kind}; there are {string.Join(", ", _known)}.", key);
        }
    }
}
