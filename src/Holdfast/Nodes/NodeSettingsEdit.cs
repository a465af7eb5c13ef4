using System.Globalization;
using Holdfast.Agent.Declarations;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Consoles;
using Holdfast.Cluster.Nodes;
using Holdfast.Vault.Pruning;

namespace Holdfast.Cli.Nodes;

/// <summary>Changes what a node is set to as it is typed, <c>jobs=2</c>: pure. What a value may be, the agent says.</summary>
internal static class NodeSettingsEdit
{
    /// <summary>The settings with one of them changed; <see cref="SettingsEdit.Nothing"/> makes it as by default.</summary>
    /// <exception cref="UsageException">It is no setting, or no value of its kind.</exception>
    public static NodeSettings Set(NodeSettings settings, string assignment)
    {
        var (name, value) = assignment.Split('=', 2) is [{ Length: > 0 } left, var right] ? (left, right.Trim()) : throw new UsageException("setting", $"'{assignment}' sets nothing.", "Write NAME=VALUE, such as jobs=2.");
        var text = value.Length == 0 || value == SettingsEdit.Nothing ? null : value;
        return name switch
        {
            "description" => settings with { Description = text },
            "jobs" => settings with { Jobs = Number(name, text) },
            "bandwidth" => settings with { Bandwidth = Size(name, text) },
            "diskFreePercent" => settings with { DiskFreePercent = Number(name, text?.TrimEnd('%')) },
            "memoryFreePercent" => settings with { MemoryFreePercent = Number(name, text?.TrimEnd('%')) },
            "storeMilliseconds" => settings with { StoreMilliseconds = Number(name, text) },
            _ => throw new UsageException("setting", NearestName.Sentence("setting", name, NodeSettingsRules.NamesOf(NodeKind.Member)), "'holdfast node show NODE' lists them."),
        };
    }

    private static int? Number(string name, string? text) => text is null ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw new UsageException("setting", $"{name} is a number, and '{text}' is none.");

    // Jobs write 10MiB, the options of vaults 10M.
    private static long? Size(string name, string? text) => text is null ? null
        : ByteSize.TryParse(text.EndsWith("iB", StringComparison.Ordinal) ? text[..^2] : text, out var bytes) ? bytes : throw new UsageException("setting", $"{name} is a size, and '{text}' is none.", "Write it as 500K, 10M or 1G.");
}
