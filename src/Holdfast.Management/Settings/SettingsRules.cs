using System.Collections.Immutable;
using Holdfast.Agent.Declarations;
using Holdfast.Management.Approvals;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Settings;

/// <summary>What settings may say, and what changes when they do: pure.</summary>
public static class SettingsRules
{
    private const int LongestAddress = 300;

    /// <summary>Returns all mistakes.</summary>
    public static ImmutableArray<PolicyProblem> Validate(ManagementSettings settings)
    {
        var problems = ImmutableArray.CreateBuilder<PolicyProblem>();
        var (history, sessions, second) = (settings.History, settings.Sessions, settings.SecondPerson);
        foreach (var (name, days) in DaysOf(history)) Within($"history.{name}Days", days, 1, 36_500);
        Within("sessions.hours", sessions.Hours, 1, 720);
        Within("sessions.longestTokenDays", sessions.LongestTokenDays, 1, 3650);
        Within("secondPerson.expiresHours", second.ExpiresHours, 1, 168);
        Within("requestsPerSecond", settings.RequestsPerSecond, 10, 10_000);
        foreach (var (index, act) in second.Acts.Index().Where(item => DestructiveActs.All.All(known => known.Name != item.Item)))
            problems.Add(new($"secondPerson.acts[{index}]", NearestName.Sentence("act", act ?? "", [.. DestructiveActs.All.Select(known => known.Name)])));
        if (settings.ConsoleAddress is { } address && !IsAddress(address)) problems.Add(new("consoleAddress", $"is '{address}'; it must be an address such as https://holdfast.example.org:7400, without a path."));
        return problems.ToImmutable();

        void Within(string field, int value, int least, int most)
        {
            if (value < least || value > most) problems.Add(new(field, $"is {value}; it must be from {least} to {most}."));
        }
    }

    /// <summary>The kinds of history that would be kept for a shorter time than now.</summary>
    public static ImmutableArray<string> Shortened(HistorySettings before, HistorySettings after) =>
        [.. DaysOf(before).Zip(DaysOf(after)).Where(pair => pair.Second.Days < pair.First.Days).Select(pair => pair.First.Name)];

    /// <summary>Whether something that needs a second person now would need none any more.</summary>
    public static bool Loosens(SecondPersonSettings before, SecondPersonSettings after) => (before.All && !after.All) || DestructiveActs.All.Any(act => before.Names(act.Name) && !after.Names(act.Name));

    /// <summary>The kinds of history, with how many days each is kept.</summary>
    internal static (string Name, int Days)[] DaysOf(HistorySettings history) =>
        [("operations", history.Operations), ("events", history.Events), ("audit", history.Audit), ("owners", history.Owners), ("alerts", history.Alerts), ("charts", history.Charts)];

    private static bool IsAddress(string text) => text.Length <= LongestAddress && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url.Host.Length > 0 && url.AbsolutePath == "/" && url is { Query: "", Fragment: "", UserInfo: "" };
}
