using System.Text;

namespace Holdfast.Protection.Patterns;

/// <summary>Files of patterns, one a line: white space around it and lines that begin with <c>#</c> are left out, <c>$NAME</c> and <c>${NAME}</c> are the
/// environment's, <c>$$</c> is a dollar.</summary>
public static class PatternFile
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="HoldfastException"><c>pattern.file</c>: it cannot be read.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), Environment.GetEnvironmentVariable);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new HoldfastException(ErrorKind.Invalid, "pattern.file", $"The patterns in '{path}' cannot be read: {refused.Message}", "Name a text file with a pattern in each line.", refused);
        }
    }

    internal static IReadOnlyList<string> Parse(string text, Func<string, string?> environment) =>
        [.. from line in text.Split('\n') let pattern = line.Trim() where pattern.Length > 0 && pattern[0] != '#' select Expand(pattern, environment)];

    private static string Expand(string text, Func<string, string?> environment)
    {
        var expanded = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '$' || at + 1 == text.Length)
            {
                expanded.Append(text[at]);
                continue;
            }

            var rest = text.AsSpan(at + 1);
            if (rest[0] == '$')
            {
                expanded.Append('$');
                at++;
            }
            else if (rest[0] == '{' && rest.IndexOf('}') is > 0 and var end)
            {
                expanded.Append(environment(rest[1..end].ToString()));
                at += end + 1;
            }
            else
            {
                var length = 0;
                while (length < rest.Length && (char.IsAsciiLetterOrDigit(rest[length]) || rest[length] == '_')) length++;
                if (length == 0) expanded.Append('$');
                else expanded.Append(environment(rest[..length].ToString()));
                at += length;
            }
        }

        return expanded.ToString();
    }
}
