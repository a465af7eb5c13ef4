using System.Text;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>The file that says where tablespaces are: <c>ID path</c> lines, in paths a backslash before a line's end or another backslash.</summary>
internal static class TablespaceMap
{
    public static IReadOnlyList<(string Id, string Location)> Parse(string text)
    {
        List<(string, string)> map = [];
        var line = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
            {
                line.Append(text[++at]);
            }
            else if (text[at] is '\n' or '\r')
            {
                Add();
            }
            else
            {
                line.Append(text[at]);
            }
        }

        Add();
        return map;

        void Add()
        {
            var entry = line.ToString();
            line.Clear();
            var space = entry.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0) map.Add((entry[..space], entry[(space + 1)..]));
        }
    }

    public static string Format(IEnumerable<(string Id, string Location)> map) =>
        string.Concat(map.Select(each => $"{each.Id} {each.Location.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\\n", StringComparison.Ordinal)}\n"));
}
