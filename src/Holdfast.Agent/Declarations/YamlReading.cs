using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Holdfast.Agent.Declarations;

/// <summary>One file being read: its mistakes so far, and where each path stands in it.</summary>
internal sealed class YamlReading(string fileName)
{
    private const int MaxLength = 1024 * 1024;
    private const int MaxDepth = 20;
    private const int MaxNodes = 100_000;

    private readonly Dictionary<string, Mark> _places = [];

    public List<DeclarationProblem> Problems { get; } = [];

    /// <summary>Gets the paths that have a value in the file.</summary>
    public IReadOnlySet<string> GivenPaths => _places.Keys.ToHashSet();

    /// <summary>Parses the text; an unreadable one is one problem. Hostile nesting is refused before anything recursive sees it.</summary>
    public IReadOnlyList<YamlDocument> Load(string yaml)
    {
        if (yaml.Length > MaxLength)
        {
            Report("", "is longer than 1 MiB, which no declaration is.", null);
            return [];
        }

        try
        {
            if (!IsHarmless(yaml)) return [];

            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            return [.. stream.Documents];
        }
        catch (YamlException error)
        {
            Problems.Add(new DeclarationProblem("", $"cannot be read as YAML: {error.InnerException?.Message ?? error.Message}", fileName, (int)error.Start.Line, (int)error.Start.Column));
            return [];
        }
    }

    public bool IsGiven(string path) => _places.ContainsKey(path);

    public void Give(string path, YamlNode node) => _places.TryAdd(path, node.Start);

    public void Report(string path, string message, YamlNode? node)
    {
        var place = node?.Start ?? PlaceOf(path);
        Problems.Add(new DeclarationProblem(path, message, fileName, (int)(place?.Line ?? 0), (int)(place?.Column ?? 0)));
    }

    /// <summary>Whether a problem at this path, or at something inside it, was reported already.</summary>
    public bool IsReported(string path) => Problems.Any(problem => problem.Path == path || problem.Path.StartsWith($"{path}.", StringComparison.Ordinal));

    public static bool IsEmpty(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" };

    /// <summary>Reads a text; a map, a list and nothing are reported.</summary>
    public string? Text(YamlNode node, string path)
    {
        if (node is YamlScalarNode scalar && !IsEmpty(node)) return scalar.Value ?? "";

        Report(path, IsEmpty(node) ? "has no value; give one or leave the key out." : "must be one text.", node);
        return null;
    }

    /// <summary>Reads a list of texts; one text is a list of one.</summary>
    public IReadOnlyList<(string Text, YamlNode Node)> List(YamlNode node, string path)
    {
        if (node is not YamlSequenceNode sequence) return node is YamlMappingNode ? Refuse() : Text(node, path) is { } single ? [(single, node)] : [];

        var items = new List<(string, YamlNode)>();
        foreach (var (index, item) in sequence.Children.Index())
        {
            if (Text(item, $"{path}[{index}]") is { } text) items.Add((text, item));
        }

        return items;

        IReadOnlyList<(string, YamlNode)> Refuse()
        {
            Report(path, "must be a list of texts.", node);
            return [];
        }
    }

    // The place of a path, or of the nearest thing around it: what is missing has no place of its own.
    private Mark? PlaceOf(string path)
    {
        while (path.Length > 0)
        {
            if (_places.TryGetValue(path, out var place)) return place;
            path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))];
        }

        return null;
    }

    private bool IsHarmless(string yaml)
    {
        var parser = new Parser(new StringReader(yaml));
        var (depth, nodes) = (0, 0);
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            nodes++;
            var complaint = depth > MaxDepth ? "is nested deeper than any declaration is." : nodes > MaxNodes ? "has more values than any declaration has." : null;
            if (complaint is null) continue;

            Problems.Add(new DeclarationProblem("", complaint, fileName, (int)parser.Current.Start.Line, (int)parser.Current.Start.Column));
            return false;
        }

        return true;
    }
}
