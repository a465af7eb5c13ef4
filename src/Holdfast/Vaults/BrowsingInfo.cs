using System.Text.Json.Serialization;
using Holdfast.Vault.Browsing;
using Holdfast.Vault.Trees;

namespace Holdfast.Cli.Vaults;

/// <summary>A node, as <c>--json</c> shows it: one a line.</summary>
internal sealed record NodeLine(string Path, string Type, long Size, uint Mode, uint Uid, uint Gid, DateTimeOffset ModifiedAt, string? LinkTarget, string? Snapshot)
{
    public static NodeLine Of(FoundNode found, string? snapshot = null) => new(
        ByteText.ToPrintable(found.Path), found.Node.Type.ToString().ToLowerInvariant(), (long)found.Node.Size, NodeMode.ToLinux(found.Node.Mode), found.Node.Uid, found.Node.Gid,
        found.Node.ModifiedAt.ToDateTimeOffset(), found.Node.LinkTarget.Length == 0 ? null : ByteText.ToPrintable(found.Node.LinkTarget), snapshot);
}

/// <summary>A path that differs, as <c>--json</c> shows it: one a line.</summary>
internal sealed record DifferenceLine(string Kind, string Path);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NodeLine))]
[JsonSerializable(typeof(DifferenceLine))]
[JsonSerializable(typeof(VaultStatistics))]
internal sealed partial class BrowsingJson : JsonSerializerContext;
