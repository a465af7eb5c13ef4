using System.Text;
using Holdfast.Cli.CommandLine;

namespace Holdfast.Cli.Resources;

/// <summary>Splits a command line into words by the shell's rules for quotes and backslashes. Nothing is expanded: no shell will see it.</summary>
internal static class CommandWords
{
    /// <exception cref="UsageException">A quote is not closed, or there is no word.</exception>
    public static IReadOnlyList<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var inWord = false;
        var quote = '\0';
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quote == '\'' && c != '\'') word.Append(c);
            else if (c == '\\' && i + 1 < line.Length && (quote == '\0' || line[i + 1] is '"' or '\\' or '$' or '`'))
            {
                word.Append(line[++i]);
                inWord = true;
            }
            else if (c is '"' or '\'' && (quote == '\0' || quote == c))
            {
                quote = quote == '\0' ? c : '\0';
                inWord = true; // Also of nothing: '' is a word.
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (inWord) words.Add(word.ToString());
                word.Clear();
                inWord = false;
            }
            else
            {
                word.Append(c);
                inWord = true;
            }
        }
        if (quote != '\0') throw new UsageException("command", $"The command '{line}' has a quote {quote} that is not closed.");
        if (inWord) words.Add(word.ToString());
        return words.Count > 0 ? words : throw new UsageException("command", "The command is empty.");
    }
}
