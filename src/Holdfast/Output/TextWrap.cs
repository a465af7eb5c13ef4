namespace Holdfast.Cli.Output;

/// <summary>Breaks text at spaces.</summary>
internal static class TextWrap
{
    /// <summary>Lines of at most <paramref name="width"/> characters; a longer word stays whole, since half a path helps nobody. At least one line.</summary>
    public static IReadOnlyList<string> Lines(string text, int width)
    {
        var lines = new List<string>();
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length == 0) line = word;
            else if (line.Length + 1 + word.Length <= width) line += " " + word;
            else
            {
                lines.Add(line);
                line = word;
            }
        }
        lines.Add(line);
        return lines;
    }

    /// <summary>Writes text wrapped to a width, each line indented; lines after the first deeper by <paramref name="hang"/>.</summary>
    public static void Write(TextWriter output, string text, int width, int indent = 0, int hang = 0)
    {
        var first = true;
        foreach (var line in Lines(text, width - indent - hang))
        {
            output.WriteLine(new string(' ', indent + (first ? 0 : hang)) + line);
            first = false;
        }
    }
}
