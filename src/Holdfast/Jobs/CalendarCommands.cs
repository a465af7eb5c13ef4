using System.CommandLine;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;

namespace Holdfast.Cli.Jobs;

/// <summary><c>holdfast calendar …</c></summary>
internal static class CalendarCommands
{
    public static VerbGroup Create() => new("calendar", "Days under a name, for schedules and blackouts; declared with 'holdfast apply'.", "holdfast calendar list", "holdfast calendar delete holidays-2026")
    {
        List(),
        Delete(),
    };

    private static Verb List() => new Verb("list", "List the calendars and the jobs that name them.", "holdfast calendar list")
        .Does((run, cancellationToken) => run.ShowAsync(NodeApi.Calendars, json => json.CalendarInfoArray, all => JobText.WriteCalendars(all, run.Report), cancellationToken));

    private static Verb Delete()
    {
        var calendar = new Argument<string>("CALENDAR") { Description = "The calendar." };
        return new Verb("delete", "Delete a calendar that no job names any more.", "holdfast calendar delete holidays-2026") { calendar }
            .Does(async (run, cancellationToken) => run.Report.Done(await run.Agent.DeleteCalendarAsync(run.Get(calendar), cancellationToken)));
    }
}
