using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Keeping;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Vaults;

/// <summary>The rules of forget as options, named as restic names them.</summary>
internal sealed class KeepOptions
{
    private readonly Option<int> _last = Count("--keep-last", "Keep the last so many snapshots.");
    private readonly Option<int> _hourly = Count("--keep-hourly", "Keep the newest of each of the last so many hours that have one.");
    private readonly Option<int> _daily = Count("--keep-daily", "Keep the newest of each of the last so many days.");
    private readonly Option<int> _weekly = Count("--keep-weekly", "Keep the newest of each of the last so many weeks.");
    private readonly Option<int> _monthly = Count("--keep-monthly", "Keep the newest of each of the last so many months.");
    private readonly Option<int> _yearly = Count("--keep-yearly", "Keep the newest of each of the last so many years.");
    private readonly Option<KeepSpan> _within = Span("--keep-within", "Keep all that are not older than the newest by more than this.");
    private readonly Option<KeepSpan> _withinHourly = Span("--keep-within-hourly", "Keep the newest of each hour within this.");
    private readonly Option<KeepSpan> _withinDaily = Span("--keep-within-daily", "Keep the newest of each day within this.");
    private readonly Option<KeepSpan> _withinWeekly = Span("--keep-within-weekly", "Keep the newest of each week within this.");
    private readonly Option<KeepSpan> _withinMonthly = Span("--keep-within-monthly", "Keep the newest of each month within this.");
    private readonly Option<KeepSpan> _withinYearly = Span("--keep-within-yearly", "Keep the newest of each year within this.");
    private readonly Option<string[]> _tags = Arguments.Repeated("--keep-tag", "Keep all that have these tags.", "TAG,TAG");

    public Verb AddTo(Verb command)
    {
        foreach (var option in (ReadOnlySpan<Option>)[_last, _hourly, _daily, _weekly, _monthly, _yearly, _within, _withinHourly, _withinDaily, _withinWeekly, _withinMonthly, _withinYearly, _tags]) command.Add(option);
        return command;
    }

    public KeepRules Read(Invocation run) => new()
    {
        Last = run.Get(_last),
        Hourly = run.Get(_hourly),
        Daily = run.Get(_daily),
        Weekly = run.Get(_weekly),
        Monthly = run.Get(_monthly),
        Yearly = run.Get(_yearly),
        Within = run.Get(_within),
        WithinHourly = run.Get(_withinHourly),
        WithinDaily = run.Get(_withinDaily),
        WithinWeekly = run.Get(_withinWeekly),
        WithinMonthly = run.Get(_withinMonthly),
        WithinYearly = run.Get(_withinYearly),
        Tags = [.. run.Get(_tags).Select(SnapshotFilter.TagList)],
    };

    private static Option<int> Count(string name, string help) => new(name)
    {
        Description = help,
        HelpName = "N",
        CustomParser = result => Parsed<int>(result, text => text == "unlimited" ? KeepRules.Unlimited
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null, $"{name} needs a number, or unlimited."),
    };

    private static Option<KeepSpan> Span(string name, string help) => new(name)
    {
        Description = help,
        HelpName = "2y5m7d3h",
        CustomParser = result => Parsed<KeepSpan>(result, text => KeepSpan.TryParse(text, out var span) ? span : null, $"{name} needs a span such as 2y5m7d3h."),
    };

    private static T Parsed<T>(ArgumentResult result, Func<string, T?> parse, string complaint)
        where T : struct
    {
        if (parse(result.Tokens[0].Value) is { } value) return value;
        result.AddError(complaint);
        return default;
    }
}
