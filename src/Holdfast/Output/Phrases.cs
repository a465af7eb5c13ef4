using System.Globalization;
using Holdfast.Agent.Api;
using Holdfast.Cluster.Nodes;

namespace Holdfast.Cli.Output;

/// <summary>Values as people write them.</summary>
internal static class Phrases
{
    public const string Nothing = "-";

    public static string OrNothing(string? text) => string.IsNullOrEmpty(text) ? Nothing : text;

    public static string Milliseconds(double? ms) => ms switch
    {
        null => Nothing,
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{ms:0} ms"),
        < 60_000 => string.Create(CultureInfo.InvariantCulture, $"{ms / 1000:0.0} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{ms / 60_000:0} min"),
    };

    public static string Instant(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Moment(DateTimeOffset at) => at.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    public static string Word<T>(T value)
        where T : struct, Enum => JsonWord(value.ToString());

    /// <summary>A node's name with what it is, when that is no member.</summary>
    public static string NameOf(NodeStatus node) => node.Kind == NodeKind.Member ? node.Name : $"{node.Name} ({Word(node.Kind)})";

    /// <summary>A node's state with what the administrator wants of it, when that is not simply being used.</summary>
    public static string StateOf(NodeStatus node) =>
        node.State + (node.Intent == NodeIntent.Active ? "" : $", {Word(node.Intent)}") + (node.Quarantine is null ? "" : ", quarantined") + (node.Problems is { Count: > 0 } ? ", unwell" : "");

    /// <summary>The node that has a role, or those that do.</summary>
    public static string OwnersOf(RoleSummary role) =>
        role.Instances is { } instances ? OrNothing(string.Join(", ", instances.Where(instance => instance.State == "online").Select(instance => instance.Node))) : OrNothing(role.Owner);

    public static string VoteOf(NodeStatus node) => node.StoreLeader ? "leads" : node.Voter ? "votes" : Nothing;

    public static string Count(int number, string one, string many) => number == 1 ? $"1 {one}" : $"{number} {many}";

    /// <summary><c>2 roles (web, db)</c>; null when there are none.</summary>
    public static string? Named(IReadOnlyList<string> names, string one, string many) => names.Count == 0 ? null : $"{Count(names.Count, one, many)} ({string.Join(", ", names)})";

    private static string JsonWord(string pascal) => char.ToLowerInvariant(pascal[0]) + string.Concat(pascal.Skip(1).Select(c => char.IsUpper(c) ? "-" + char.ToLowerInvariant(c) : c.ToString()));
}
