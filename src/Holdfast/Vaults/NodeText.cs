using System.Globalization;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Vault.Browsing;
using Holdfast.Vault.Trees;

namespace Holdfast.Cli.Vaults;

/// <summary>Nodes as people read them.</summary>
internal static class NodeText
{
    private const string Rights = "rwxrwxrwx";

    public static void Show(Invocation run, FoundNode found, bool details, string? snapshot = null)
    {
        if (run.Json) run.Report.JsonLine(NodeLine.Of(found, snapshot), BrowsingJson.Default.NodeLine);
        else run.Report.Line(details ? Long(run.Report, found) : run.Report.Name(found.Path));
    }

    private static string Long(Report report, FoundNode found)
    {
        var node = found.Node;
        var mode = NodeMode.ToLinux(node.Mode);
        var link = node.LinkTarget.Length == 0 ? "" : " -> " + report.Name(node.LinkTarget);
        return string.Create(CultureInfo.InvariantCulture, $"{Letter(node.Type)}{RightsOf(mode)} {node.Uid,5} {node.Gid,5} {node.Size,12} {node.ModifiedAt.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss} {report.Name(found.Path)}{link}");
    }

    // As ls shows them: set-user, set-group and sticky in the place of an x, small where the x is there too.
    private static string RightsOf(uint mode)
    {
        var shown = Rights.Select((right, at) => (mode >> (Rights.Length - 1 - at) & 1) == 1 ? right : '-').ToArray();
        foreach (var (bit, at, letter) in ((uint, int, char)[])[(0x800, 2, 's'), (0x400, 5, 's'), (0x200, 8, 't')])
        {
            if ((mode & bit) != 0) shown[at] = shown[at] == '-' ? char.ToUpperInvariant(letter) : letter;
        }

        return new string(shown);
    }

    private static char Letter(NodeType type) => type switch
    {
        NodeType.Directory => 'd',
        NodeType.SymbolicLink => 'l',
        NodeType.BlockDevice => 'b',
        NodeType.CharacterDevice => 'c',
        NodeType.Fifo => 'p',
        NodeType.Socket => 's',
        _ => '-',
    };
}
