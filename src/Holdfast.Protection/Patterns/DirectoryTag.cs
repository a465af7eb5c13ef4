using System.Text;
using Holdfast.Protection.Scanning;

namespace Holdfast.Protection.Patterns;

/// <summary>A file that marks its directory as one to be left out.</summary>
/// <param name="FileName">Its name.</param>
/// <param name="Header">What it must begin with; empty when its presence is enough.</param>
public sealed record DirectoryTag(string FileName, string Header)
{
    /// <summary>Reads <c>name</c> or <c>name:header</c>.</summary>
    /// <exception cref="HoldfastException"><c>pattern.invalid</c>: it has no name.</exception>
    public static DirectoryTag Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? text : text[..colon];
        return name.Length == 0
            ? throw new HoldfastException(ErrorKind.Invalid, "pattern.invalid", $"'{text}' names no file.", "Write the file's name, and after a colon what it begins with.")
            : new(name, colon < 0 ? "" : text[(colon + 1)..]);
    }

    /// <summary>Whether the directory has it. What cannot be read marks nothing: better a file too many.</summary>
    internal bool Marks(LinuxPath directory)
    {
        try
        {
            var path = directory.Child(FileName);
            FileStat.Of(path);
            if (Header.Length == 0) return true;
            using var file = Descriptor.OpenToRead(path, directory: false);
            var expected = Encoding.UTF8.GetBytes(Header);
            var found = new byte[expected.Length];
            return file.Read(found, 0) == found.Length && found.AsSpan().SequenceEqual(expected);
        }
        catch (LinuxError)
        {
            return false;
        }
    }
}
