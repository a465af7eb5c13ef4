using System.Globalization;
using System.Text.RegularExpressions;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Declarations;

/// <summary>The short texts that policies have in declarations and on the command line.</summary>
public static partial class PolicyText
{
    private const string UntilStarted = "until-started";

    /// <summary>Reads <c>never</c>, <c>at-once</c>, <c>when-idle</c>, <c>ask</c> or <c>window 02:00-04:00</c> (UTC); the complaint is null when it could.</summary>
    public static (Failback? Failback, string? Complaint) ReadFailback(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            ["never"] => (Failback.Never, null),
            ["at-once"] => (new Failback(FailbackPolicy.AtOnce), null),
            ["when-idle"] => (new Failback(FailbackPolicy.WhenIdle), null),
            ["ask"] => (new Failback(FailbackPolicy.Ask), null),
            ["never" or "at-once" or "when-idle" or "ask", ..] => (null, $"'{text}' has something after {words[0]}; only window takes times."),
            ["window"] => (null, "the window has no times; write window 02:00-04:00 (UTC)."),
            ["window", var times] when Window().Match(times) is { Success: true } match
                && TryReadTime(match.Groups[1].Value, out var from) && TryReadTime(match.Groups[2].Value, out var to) =>
                from == to ? (null, "the window is empty: it ends when it starts.") : (new Failback(FailbackPolicy.Window, from, to), null),
            ["window", ..] => (null, $"'{text}' is not a window of two times of day; write window 02:00-04:00 (UTC)."),
            _ => (null, $"'{text}' is no failback policy; it is never, at-once, when-idle, ask or window 02:00-04:00 (UTC)."),
        };
    }

    /// <summary>Writes what <see cref="ReadFailback"/> reads.</summary>
    public static string Format(Failback failback) => failback.Policy switch
    {
        FailbackPolicy.Never => "never",
        FailbackPolicy.AtOnce => "at-once",
        FailbackPolicy.WhenIdle => "when-idle",
        FailbackPolicy.Ask => "ask",
        _ => string.Create(CultureInfo.InvariantCulture, $"window {failback.From:HH\\:mm}-{failback.To:HH\\:mm}"),
    };

    /// <summary>Reads <c>until-started</c> or a duration; the complaint is null when it could.</summary>
    public static (TimeSpan? Quarantine, string? Complaint) ReadQuarantine(string text) =>
        text == UntilStarted ? (null, null) : Durations.TryParse(text, out var time) ? (time, null) : (null, $"'{text}' is no quarantine; it is {UntilStarted}, or a duration such as 30m.");

    /// <summary>Writes what <see cref="ReadQuarantine"/> reads.</summary>
    public static string Format(TimeSpan? quarantine) => quarantine is { } time ? Durations.Format(time) : UntilStarted;

    /// <summary>Reads <c>3 in 15m</c>; the complaint is null when it could.</summary>
    public static (Budget? Budget, string? Complaint) ReadBudget(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not [var count, "in", var period] || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return (null, $"'{text}' is not a count within a period; write 3 in 15m.");

        return Durations.TryParse(period, out var duration) ? (new Budget(number, duration), null) : (null, Durations.Complaint(period));
    }

    /// <summary>Writes what <see cref="ReadBudget"/> reads.</summary>
    public static string Format(Budget budget) => string.Create(CultureInfo.InvariantCulture, $"{budget.Count} in {Durations.Format(budget.Period)}");

    /// <summary>Reads <c>db</c> or <c>prefer db</c>; the complaint is null when it could.</summary>
    public static (Affinity? Affinity, string? Complaint) ReadAffinity(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            [var role] when EntityName.IsValid(role) => (new Affinity(new RoleName(role)), null),
            ["prefer", var role] when EntityName.IsValid(role) => (new Affinity(new RoleName(role), Required: false), null),
            ["prefer", ..] or [_] => (null, DeclarationReader.InvalidName("role", words[^1])),
            _ => (null, $"'{text}' is no role; write its name when it must be so, or prefer NAME."),
        };
    }

    /// <summary>Reads <c>single</c> or <c>everywhere</c>; the complaint is null when it could.</summary>
    public static (RoleMode Mode, string? Complaint) ReadMode(string text) => text switch
    {
        "single" => (RoleMode.Single, null),
        "everywhere" => (RoleMode.Everywhere, null),
        _ => (default, $"is '{text}'; it must be single or everywhere."),
    };

    /// <summary>Writes what <see cref="ReadMode"/> reads.</summary>
    public static string Format(RoleMode mode) => mode == RoleMode.Single ? "single" : "everywhere";

    /// <summary>Writes <c>online</c> or <c>offline</c>.</summary>
    public static string Format(DesiredState state) => state == DesiredState.Online ? "online" : "offline";

    private static bool TryReadTime(string text, out TimeOnly time) => TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    [GeneratedRegex("^(\\d\\d:\\d\\d)-(\\d\\d:\\d\\d)$", RegexOptions.CultureInvariant)]
    private static partial Regex Window();
}
