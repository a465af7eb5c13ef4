using System.Text;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Sources;

/// <summary>Lists of what is to be backed up, in the three forms that restic knows. A name may hold bytes that are no UTF-8.</summary>
public static class SourceList
{
    /// <summary>Patterns of a shell, one a line: white space around it, empty lines and lines that begin with <c>#</c> are left out.</summary>
    /// <param name="content">The list's bytes.</param>
    /// <param name="name">The list's name, for messages.</param>
    /// <param name="onUnmatched">Is told of each pattern that nothing fits.</param>
    /// <exception cref="HoldfastException"><c>source-list.invalid</c>.</exception>
    public static IReadOnlyList<string> Expand(ReadOnlySpan<byte> content, string name, Action<string> onUnmatched)
    {
        List<string> patterns = [.. from line in Lines(content, name) let pattern = line.Trim() where pattern.Length > 0 && pattern[0] != '#' select pattern];
        if (patterns.Find(pattern => !Glob.IsValid(pattern)) is { } wrong) throw Invalid(name, $"'{ByteText.ToPrintable(wrong)}' is no pattern", "Close each [ with ], or name files as they are with --files-from-verbatim.");
        List<string> paths = [];
        foreach (var pattern in patterns)
        {
            var found = Glob.Expand(pattern);
            if (found.Count == 0) onUnmatched(pattern);
            paths.AddRange(found);
        }

        return paths;
    }

    /// <summary>Names, one a line, each as it stands there.</summary>
    /// <exception cref="HoldfastException"><c>source-list.invalid</c>.</exception>
    public static IReadOnlyList<string> Verbatim(ReadOnlySpan<byte> content, string name) => [.. Lines(content, name).Where(line => line.Length > 0)];

    /// <summary>Names that each end in a zero byte, as <c>find -print0</c> writes them.</summary>
    /// <exception cref="HoldfastException"><c>source-list.invalid</c>: an empty name, or one that does not end, which may be half of a longer one.</exception>
    public static IReadOnlyList<string> Raw(ReadOnlySpan<byte> content, string name)
    {
        List<string> paths = [];
        while (!content.IsEmpty)
        {
            var length = content.IndexOf((byte)0);
            if (length < 0) throw Invalid(name, "its last name does not end in a zero byte", "Write it whole, as find -print0 does.");
            // Empty, it would stand for the current directory.
            if (length == 0) throw Invalid(name, $"name {paths.Count + 1} is empty", "Write each name once, with one zero byte after it.");
            paths.Add(ByteText.Decode(content[..length]));
            content = content[(length + 1)..];
        }

        return paths;
    }

    private static string[] Lines(ReadOnlySpan<byte> content, string name)
    {
        var lines = Text(content).Split('\n');
        for (var at = 0; at < lines.Length; at++)
        {
            // Linux would end the name there, and another file would be backed up.
            if (lines[at].Contains('\0')) throw Invalid(name, $"line {at + 1} holds a zero byte", "A list of names that end in zero bytes goes with --files-from-raw.");
            if (lines[at].EndsWith('\r')) lines[at] = lines[at][..^1];
        }

        return lines;
    }

    private static string Text(ReadOnlySpan<byte> content) =>
        content.StartsWith(Encoding.UTF8.Preamble) ? ByteText.Decode(content[Encoding.UTF8.Preamble.Length..])
        : content.StartsWith(Encoding.Unicode.Preamble) ? Encoding.Unicode.GetString(content[Encoding.Unicode.Preamble.Length..])
        : content.StartsWith(Encoding.BigEndianUnicode.Preamble) ? Encoding.BigEndianUnicode.GetString(content[Encoding.BigEndianUnicode.Preamble.Length..])
        : ByteText.Decode(content);

    private static HoldfastException Invalid(string name, string what, string hint) => new(ErrorKind.Invalid, "source-list.invalid", $"The list of files '{name}': {what}.", hint);
}
