using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Declarations;

namespace Holdfast.Cli.Resources;

/// <summary>One resource as it stands in a declaration.</summary>
internal static class ResourceYaml
{
    public static YamlMap Of(string type, YamlMap properties, IReadOnlyList<string>? dependsOn = null, IReadOnlyList<string>? probes = null)
    {
        var map = new YamlMap().Add("type", type);
        properties.CopyTo(map);
        map.AddUnlessEmpty("depends-on", dependsOn ?? []);
        if (probes is { Count: > 0 }) map.Add("probes", [.. probes.Select(Probe)]);
        return map;
    }

    private static YamlMap Probe(string text) => text switch
    {
        _ when text.StartsWith("tcp:", StringComparison.Ordinal) && text.Length > 4 => new YamlMap().Add("tcp", text[4..]),
        _ when Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" => new YamlMap().Add("http", text),
        _ when text.StartsWith("command:", StringComparison.Ordinal) => new YamlMap().Add("command", CommandWords.Split(text["command:".Length..])),
        _ => throw new UsageException("probe", $"'{text}' is not a probe.", "Write tcp:HOST:PORT, an http URL, or command:COMMAND."),
    };
}
