using System.Globalization;
using Holdfast.Cli.CommandLine;
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
        else run.Report.Line(details ? Long(found) : ByteText.ToPrintable(found.Path));
    }

    private static string Long(FoundNode found)
    {
        var node = found.Node;
        var mode = NodeMode.ToLinux(node.Mode);
        var rights = string.Concat(Rights.Select((right, at) => (mode >> (Rights.Length - 1 - at) & 1) == 1 ? right : '-'));
        var link = node.LinkTarget.Length == 0 ? "" : " -> " + ByteText.ToPrintable(node.LinkTarget);
        return string.Create(CultureInfo.InvariantCulture, $"{Letter(node.Type)}{rights} {node.Uid,5} {node.Gid,5} {node.Size,12} {node.ModifiedAt.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss} {ByteText.ToPrintable(found.Path)}{link}");
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
