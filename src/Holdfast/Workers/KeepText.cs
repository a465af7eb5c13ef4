using System.Globalization;
using Holdfast.Vault.Keeping;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Workers;

/// <summary>Keep rules as a job writes them: <c>keep: { last: "3", daily: "7", within: 2m, tag: golden }</c>.</summary>
internal static class KeepText
{
    /// <summary>Reads them. None at all is refused: a job that should forget and never does would be found out when the disk is full.</summary>
    /// <exception cref="HoldfastException"><c>prune.bad-keep</c>.</exception>
    public static KeepRules Read(IReadOnlyDictionary<string, string> keep)
    {
        var rules = new KeepRules();
        foreach (var (key, text) in keep) rules = With(rules, key, text);
        return rules.IsEmpty ? throw Bad("keep has no rule that keeps anything.") : rules;
    }

    /// <summary>Reads one of them.</summary>
    /// <exception cref="HoldfastException"><c>prune.bad-keep</c>.</exception>
    public static KeepRules With(KeepRules rules, string key, string text) => key switch
    {
        "last" => rules with { Last = Count(key, text) },
        "hourly" => rules with { Hourly = Count(key, text) },
        "daily" => rules with { Daily = Count(key, text) },
        "weekly" => rules with { Weekly = Count(key, text) },
        "monthly" => rules with { Monthly = Count(key, text) },
        "yearly" => rules with { Yearly = Count(key, text) },
        "within" => rules with { Within = Span(key, text) },
        "within-hourly" => rules with { WithinHourly = Span(key, text) },
        "within-daily" => rules with { WithinDaily = Span(key, text) },
        "within-weekly" => rules with { WithinWeekly = Span(key, text) },
        "within-monthly" => rules with { WithinMonthly = Span(key, text) },
        "within-yearly" => rules with { WithinYearly = Span(key, text) },
        "tag" => rules with { Tags = [SnapshotFilter.TagList(text)] },
        _ => throw Bad($"keep.{key} is no rule."),
    };

    private static int Count(string key, string text) => text == "unlimited" ? KeepRules.Unlimited
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : throw Bad($"keep.{key} is '{text}'; it must be a number, or unlimited.");

    private static KeepSpan Span(string key, string text) => KeepSpan.TryParse(text, out var span) ? span : throw Bad($"keep.{key} is '{text}'; it must be a span such as 2y5m7d3h.");

    private static HoldfastException Bad(string message) => new(ErrorKind.Invalid, "prune.bad-keep", message, "Write rules such as keep: { daily: \"7\", weekly: \"4\" }.");
}
