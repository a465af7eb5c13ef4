using System.Text;

namespace Holdfast.Cli.Declarations;

/// <summary>A small YAML document being written: maps, lists of texts and texts, in the order added. Every value is quoted, so none can be taken for a number, a date or "no".</summary>
internal sealed class YamlMap
{
    private readonly List<(string Key, object Value)> _entries = [];

    public bool IsEmpty => _entries.Count == 0;

    public YamlMap Add(string key, string value) => Append(key, value);

    public YamlMap Add(string key, IReadOnlyList<string> items) => Append(key, items);

    public YamlMap Add(string key, YamlMap map) => Append(key, map);

    public YamlMap Add(string key, IReadOnlyList<YamlMap> items) => Append(key, items);

    public YamlMap AddUnlessNull(string key, string? value) => value is null ? this : Append(key, value);

    public YamlMap AddUnlessEmpty(string key, IReadOnlyList<string> items) => items.Count == 0 ? this : Append(key, items);

    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text, 0);
        return text.ToString();
    }

    /// <summary>Adds every entry of this map to another.</summary>
    public void CopyTo(YamlMap other) => other._entries.AddRange(_entries);

    /// <summary>A YAML double-quoted scalar (YAML 1.2, 7.3.1).</summary>
    public static string Quote(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' or '\\' => text.Append('\\').Append(c),
                '\n' => text.Append("\\n"),
                '\t' => text.Append("\\t"),
                < ' ' or '\x7f' => text.Append($"\\x{(int)c:x2}"),
                _ => text.Append(c),
            };
        }
        return text.Append('"').ToString();
    }

    private YamlMap Append(string key, object value)
    {
        _entries.Add((key, value));
        return this;
    }

    private void Write(StringBuilder text, int indent)
    {
        foreach (var (key, value) in _entries)
        {
            text.Append(' ', indent).Append(Quote(key)).Append(':');
            switch (value)
            {
                case string scalar:
                    text.Append(' ').Append(Quote(scalar)).Append('\n');
                    break;
                case YamlMap { IsEmpty: true }:
                    text.Append(" {}\n");
                    break;
                case YamlMap map:
                    text.Append('\n');
                    map.Write(text, indent + 2);
                    break;
                case IReadOnlyList<string> items:
                    text.Append(" [").AppendJoin(", ", items.Select(Quote)).Append("]\n");
                    break;
                case IReadOnlyList<YamlMap> maps:
                    text.Append('\n');
                    foreach (var map in maps) WriteItem(text, map, indent + 2);
                    break;
            }
        }
    }

    // The first key follows the dash; the others stand under it.
    private static void WriteItem(StringBuilder text, YamlMap map, int indent)
    {
        var item = new StringBuilder();
        map.Write(item, indent + 2);
        text.Append(' ', indent).Append("- ").Append(item, indent + 2, item.Length - indent - 2);
    }
}
