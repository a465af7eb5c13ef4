using System.Globalization;
using System.Text;
using Holdfast.Vault.Trees;

namespace Holdfast.Cli.Output;

/// <summary>Names of files as people may see them. A name can hold anything: what would move a terminal's cursor, or pass for another line, is written as <c>\x1b</c>.</summary>
internal static class NameText
{
    public static string ForPeople(string name)
    {
        var printable = ByteText.ToPrintable(name);
        if (!printable.Any(char.IsControl)) return printable;
        var shown = new StringBuilder(printable.Length);
        foreach (var c in printable)
        {
            if (char.IsControl(c)) shown.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else shown.Append(c);
        }

        return shown.ToString();
    }
}
