using System.Globalization;
using System.Text.RegularExpressions;

namespace Holdfast.Management.Policies;

/// <summary>Whether a policy would keep less than before: pure.</summary>
public static partial class RetentionChange
{
    private const string Unlimited = "unlimited";

    /// <summary>Whether something that is kept now could be let go. What cannot be compared counts as less: <c>2m</c> and <c>30d</c> are spans in other units.</summary>
    public static bool Lowers(PolicyRetention before, PolicyRetention after) => KeepsLess(before, after) || (before.Delay is { } delay && IsLess(delay, after.Delay));

    // No rule at all keeps everything; one rule more keeps more.
    private static bool KeepsLess(PolicyRetention before, PolicyRetention after) =>
        !after.Keep.IsEmpty && (before.Keep.IsEmpty || before.Keep.Any(rule => IsLess(rule.Value, after.Keep.GetValueOrDefault(rule.Key))));

    private static bool IsLess(string before, string? after) =>
        before != after && (after is null || before == Unlimited || (after != Unlimited && !(Read(before) is var (had, unit) && Read(after) is var (has, same) && unit == same && has >= had)));

    private static (long Count, string Unit)? Read(string text) => Amount().Match(text) is { Success: true } match ? (long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), match.Groups[2].Value) : null;

    [GeneratedRegex(@"^([0-9]{1,15})([a-z]*)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Amount();
}
