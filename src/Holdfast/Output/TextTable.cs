using System.Text;

namespace Holdfast.Cli.Output;

/// <summary>Columns of text that fit a width: the last column wraps, under itself. Needs no library, so that a list costs nothing to draw.</summary>
internal sealed class TextTable(params string[] headings)
{
    private const string Gap = "  ";
    private const int NarrowestLastColumn = 16;

    private readonly List<string[]> _rows = [];

    public TextTable Row(params string[] cells)
    {
        if (cells.Length != headings.Length) throw new ArgumentException($"A row needs {headings.Length} cells.", nameof(cells));
        _rows.Add(cells);
        return this;
    }

    public void Write(TextWriter output, Palette palette, int width)
    {
        foreach (var line in Lines(palette, width)) output.WriteLine(line);
    }

    public IEnumerable<string> Lines(Palette palette, int width)
    {
        var widths = headings.Select((heading, column) => _rows.Select(row => row[column].Length).Append(heading.Length).Max()).ToArray();
        var left = width - widths[..^1].Sum(w => w + Gap.Length);
        widths[^1] = Math.Max(NarrowestLastColumn, left);

        yield return Join(headings.Select((heading, column) => Padded(heading, widths, column)), palette.Bold);
        foreach (var row in _rows)
        {
            var last = TextWrap.Lines(row[^1], widths[^1]);
            yield return Join(row[..^1].Select((cell, column) => palette.State(Padded(cell, widths, column))).Append(palette.State(last[0])), whole => whole);
            var indent = new string(' ', widths[..^1].Sum(w => w + Gap.Length));
            foreach (var more in last.Skip(1)) yield return indent + more;
        }
    }

    // The last column is not padded: trailing spaces break copies and wrap on narrow terminals.
    private static string Padded(string cell, int[] widths, int column) => column == widths.Length - 1 ? cell : cell.PadRight(widths[column]);

    private static string Join(IEnumerable<string> cells, Func<string, string> paint) => paint(new StringBuilder().AppendJoin(Gap, cells).ToString().TrimEnd());
}
