using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Holdfast.Agent.Declarations;
using Holdfast.Agent.Resources;
using Holdfast.Cluster.Calendars;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Jobs;

/// <summary>Reads a job from the properties of its resource.</summary>
internal static partial class JobReading
{
    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MostInterval = TimeSpan.FromDays(366);
    private static readonly TimeSpan LeastLate = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostLate = TimeSpan.FromDays(30);
    private static readonly TimeSpan UsualPause = TimeSpan.FromSeconds(10);

    /// <summary>The word for a kind in declarations.</summary>
    public static string WordOf(JobKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>What a job does; null when it says nothing that this build knows.</summary>
    public static JobKind? KindOf(ResourceSpec resource) =>
        resource.Text("run") is { } word && Enum.TryParse<JobKind>(word, ignoreCase: true, out var kind) && WordOf(kind) == word ? kind : null;

    /// <summary>The job of a role; null when it carries none, or none that this build can read.</summary>
    public static (JobSpec Job, ResourceSpec Resource)? Find(RoleSpec role) =>
        role.Resources.FirstOrDefault(resource => resource.Type == JobResourceType.TypeName) is { } resource && Read(role.Name, resource, out _) is { } job ? (job, resource) : null;

    /// <summary>Reads a job.</summary>
    /// <returns>Null when it has complaints.</returns>
    public static JobSpec? Read(RoleName name, ResourceSpec resource, out List<(string Property, string Message)> complaints)
    {
        var wrong = complaints = [];
        var known = KindOf(resource);
        if (known is null)
            wrong.Add(("run", NearestName.Sentence("kind of job", resource.Text("run") ?? "", Enum.GetValues<JobKind>().Select(WordOf))));
        var zone = TimeZoneInfo.Utc;
        if (resource.Text("zone") is { } id && !TimeZoneInfo.TryFindSystemTimeZoneById(id, out zone!)) wrong.Add(("zone", $"'{id}' is no time zone that is known here; write one as Europe/Berlin, and see that tzdata is installed."));
        zone ??= TimeZoneInfo.Utc;

        foreach (var (needed, why) in known is { } wanted ? Needed(wanted, resource) : [])
        {
            if (!resource.Properties.TryGetValue(needed, out var value) || value is { Text: "" or null, Items: null or { IsEmpty: true }, Entries: null }) wrong.Add((needed, why));
        }

        foreach (var (volume, setting) in resource.Map("volumes"))
        {
            if (setting is not ("in" or "out")) wrong.Add(($"volumes.{volume}", $"is '{setting}'; it must be in or out."));
        }

        var job = new JobSpec
        {
            Name = name, Kind = known.GetValueOrDefault(), Schedule = Schedule(resource.Text("schedule") ?? "on-demand", zone, wrong),
            Zone = zone, Days = new(Rules(resource, "days", DayRule.Parse, wrong), Rules(resource, "not-on", DayRule.Parse, wrong)), Hours = Hours(resource, zone, wrong),
            Jitter = Span(resource.Text("jitter"), TimeSpan.Zero, "jitter", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), wrong),
            Retries = Retries(resource, wrong), Caps = Caps(resource, wrong),
        };
        job = Missed(job, resource, wrong);
        if (resource.Text("bandwidth") is { } rate && BytesOf(rate) is null) wrong.Add(("bandwidth", $"'{rate}' is no number of bytes; write one such as 10MiB, at least 1KiB."));
        return wrong.Count == 0 ? job : null;
    }

    /// <summary>Reads <c>10MiB</c>; null when it is no such size, or less than 1 KiB.</summary>
    public static long? BytesOf(string text)
    {
        if (SizeShape().Match(text) is not { Success: true } match || !long.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        var shift = match.Groups[2].Value switch { "KiB" => 10, "MiB" => 20, "GiB" => 30, _ => 0 };
        return number > long.MaxValue >> shift || number << shift < 1024 ? null : number << shift;
    }

    private static IEnumerable<(string Property, string Why)> Needed(JobKind kind, ResourceSpec resource) => kind switch
    {
        JobKind.Command => [("command", "is missing; a command job needs the program and its arguments.")],
        JobKind.Backup => [("vault", "is missing; a backup job needs a vault."), ("password-file", "is missing; a backup job needs the file with the vault's password."), ("paths", "is missing; a backup job needs what it protects.")],
        JobKind.Database => [.. NeededOfVault, ("database", "is missing; a database job needs what the database is called in the vault."), .. NeededOfDatabase(resource)],
        JobKind.Prune => [.. NeededOfVault, ("keep", "is missing; a prune job needs what it keeps.")],
        JobKind.Proof => [.. NeededOfVault, ("scratch", "is missing; a proof job needs a folder to restore to.")],
        _ => NeededOfVault,
    };

    private static (string Property, string Why)[] NeededOfDatabase(ResourceSpec resource) => resource.Text("type") == "log"
        ? [("spool", "is missing; a database job of type log needs the folder that the log is archived to.")]
        : [("data", "is missing; a database job needs the server's data folder.")];

    private static (string Property, string Why)[] NeededOfVault => [("vault", "is missing; the job needs a vault."), ("password-file", "is missing; the job needs the file with the vault's password.")];

    private static JobSchedule Schedule(string text, TimeZoneInfo zone, List<(string, string)> wrong)
    {
        switch (text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            case ["on-demand"]: return new JobSchedule.OnDemand();
            case ["continuous"]: return new JobSchedule.Continuous(UsualPause);
            case ["continuous", var pause]: return new JobSchedule.Continuous(Span(pause, UsualPause, "schedule", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), wrong));
            case ["every", var interval]: return new JobSchedule.Every(Span(interval, LeastInterval, "schedule", LeastInterval, MostInterval, wrong));
            case ["every", var interval, "from", "end"]: return new JobSchedule.Every(Span(interval, LeastInterval, "schedule", LeastInterval, MostInterval, wrong), FromEnd: true);
        }

        try
        {
            return new JobSchedule.Cron(CronExpression.Parse(text), zone);
        }
        catch (FormatException exception)
        {
            wrong.Add(("schedule", $"{exception.Message}. A schedule is a cron expression, 'every 6h', 'every 6h from end', 'continuous' or on-demand."));
            return new JobSchedule.OnDemand();
        }
    }

    private static RetryPolicy Retries(ResourceSpec resource, List<(string, string)> wrong)
    {
        var (map, usual) = (resource.Map("retries"), RetryPolicy.Usual);
        foreach (var key in map.Keys.Except(["transient", "permanent", "back-off"])) wrong.Add(($"retries.{key}", NearestName.Sentence("key of retries", key, ["transient", "permanent", "back-off"])));
        return new RetryPolicy(
            Count("transient", usual.Transient), Count("permanent", usual.Permanent),
            Span(map.GetValueOrDefault("back-off"), usual.BackOff, "retries.back-off", TimeSpan.FromSeconds(1), RetryPolicy.LongestBackOff, wrong));

        int Count(string key, int otherwise)
        {
            if (map.GetValueOrDefault(key) is not { } text) return otherwise;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 100) return number;
            wrong.Add(($"retries.{key}", $"is '{text}'; it must be a number from 0 to 100."));
            return otherwise;
        }
    }

    private static JobSpec Missed(JobSpec job, ResourceSpec resource, List<(string, string)> wrong)
    {
        var late = Span(resource.Text("late"), job.Late, "late", LeastLate, MostLate, wrong);
        if (resource.Text("missed")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not ["run-within", var within])
            return job with { Missed = Choice(resource, "missed", wrong, ("run-once", MissedPolicy.RunOnce), ("skip", MissedPolicy.Skip), ("run-within AGE", MissedPolicy.Skip)), Late = late };
        if (resource.Text("late") is not null) wrong.Add(("late", "says how late a run may start, and so does missed: run-within; leave one of them out."));
        return job with { Missed = MissedPolicy.Skip, Late = Span(within, late, "missed", LeastLate, MostLate, wrong) };
    }

    private static WorkHours? Hours(ResourceSpec resource, TimeZoneInfo zone, List<(string, string)> wrong)
    {
        var hours = new WorkHours(Rules(resource, "window", TimeWindow.Parse, wrong), Rules(resource, "blackout", TimeWindow.Parse, wrong), zone);
        return hours.Windows.IsEmpty && hours.Blackouts.IsEmpty ? null : hours;
    }

    private static ImmutableSortedDictionary<string, int> Caps(ResourceSpec resource, List<(string, string)> wrong)
    {
        var caps = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        foreach (var (group, text) in resource.Map("caps"))
        {
            if (!EntityName.IsValid(group)) wrong.Add(($"caps.{group}", DeclarationReader.InvalidName("group", group)));
            else if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most is >= 1 and <= 100) caps[group] = most;
            else wrong.Add(($"caps.{group}", $"is '{text}'; it must be a number from 1 to 100: how many may be at work at once."));
        }

        return caps.ToImmutable();
    }

    private static ImmutableArray<T> Rules<T>(ResourceSpec resource, string property, Func<string, T> parse, List<(string, string)> wrong)
    {
        var items = ImmutableArray.CreateBuilder<T>();
        foreach (var text in resource.Phrases(property))
        {
            try
            {
                items.Add(parse(text));
            }
            catch (FormatException exception)
            {
                wrong.Add((property, $"{exception.Message}."));
            }
        }

        return items.DrainToImmutable();
    }

    private static TimeSpan Span(string? text, TimeSpan otherwise, string property, TimeSpan least, TimeSpan most, List<(string, string)> wrong)
    {
        if (text is null) return otherwise;
        if (!Durations.TryParse(text, out var span)) wrong.Add((property, Durations.Complaint(text)));
        else if (span < least || span > most) wrong.Add((property, $"is {text}; it must be from {Durations.Format(least)} to {Durations.Format(most)}."));
        else return span;
        return otherwise;
    }

    private static T Choice<T>(ResourceSpec resource, string property, List<(string, string)> wrong, params (string Word, T Value)[] choices)
    {
        if (resource.Text(property) is not { } text) return choices[0].Value;
        foreach (var (word, value) in choices)
        {
            if (word == text) return value;
        }

        wrong.Add((property, $"is '{text}'; it must be {string.Join(" or ", choices.Select(choice => choice.Word))}."));
        return choices[0].Value;
    }

    [GeneratedRegex("^([0-9]{1,18})(B|KiB|MiB|GiB)?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex SizeShape();
}
