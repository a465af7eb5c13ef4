using System.Text.Json.Serialization;

namespace Holdfast.Management.Settings;

/// <summary>Document <c>settings</c>, and GET and PUT /api/v1/settings: what the management service goes by. What is left out is as it came.</summary>
/// <param name="History">For how long history is kept.</param>
/// <param name="Sessions">How long people and programs stay signed in.</param>
/// <param name="SecondPerson">Which acts need a second person.</param>
/// <param name="ConsoleAddress">Where the console is, for the links in alerts, such as <c>https://holdfast.example.org:7400</c>; null for no links.</param>
/// <param name="RequestsPerSecond">How much one person or address may ask; four times as much at once. The default is 100; 10 to 10,000.</param>
/// <param name="Revision">Of an answer: which state of the settings this is. Of a change: the state that it was made of, or null for whichever.</param>
public sealed record ManagementSettings(
    HistorySettings? History = null, SessionSettings? Sessions = null, SecondPersonSettings? SecondPerson = null, string? ConsoleAddress = null, int RequestsPerSecond = 100, string? Revision = null)
{
    /// <summary>Gets for how long history is kept.</summary>
    public HistorySettings History { get; init; } = History ?? new();

    /// <summary>Gets how long people and programs stay signed in.</summary>
    public SessionSettings Sessions { get; init; } = Sessions ?? new();

    /// <summary>Gets which acts need a second person.</summary>
    public SecondPersonSettings SecondPerson { get; init; } = SecondPerson ?? new();
}

/// <summary>For how many days each kind of history is kept; 1 to 36,500. What is still open stays.</summary>
/// <param name="Operations">Runs of jobs. The default is 400.</param>
/// <param name="Events">What happened on the nodes. The default is 90.</param>
/// <param name="Audit">Who changed what. The default is 400.</param>
/// <param name="Owners">Who owned which role. The default is 400.</param>
/// <param name="Alerts">Alerts that are over. The default is 400.</param>
/// <param name="Charts">The daily points of charts; finer ones go after 3 and 30 days. The default is 400.</param>
public sealed record HistorySettings(
    [property: JsonPropertyName("operationsDays")] int Operations = 400, [property: JsonPropertyName("eventsDays")] int Events = 90, [property: JsonPropertyName("auditDays")] int Audit = 400,
    [property: JsonPropertyName("ownersDays")] int Owners = 400, [property: JsonPropertyName("alertsDays")] int Alerts = 400, [property: JsonPropertyName("chartsDays")] int Charts = 400);

/// <summary>How long somebody is known after proving who they are; what was given before stays as it was given.</summary>
/// <param name="Hours">A session. The default is 12; 1 to 720.</param>
/// <param name="LongestTokenDays">The longest that a program's token may count. The default is 400; 1 to 3,650.</param>
public sealed record SessionSettings(int Hours = 12, int LongestTokenDays = 400);

/// <summary>Which acts need a second person.</summary>
/// <param name="All">Every act of GET /api/v1/acts.</param>
/// <param name="Acts">Those named.</param>
/// <param name="ExpiresHours">How long an act waits for somebody to approve it. The default is 24; 1 to 168.</param>
public sealed record SecondPersonSettings(bool All = false, IReadOnlyList<string>? Acts = null, int ExpiresHours = 24)
{
    /// <summary>Gets the acts that are named.</summary>
    public IReadOnlyList<string> Acts { get; init; } = Acts ?? [];

    /// <summary>Gets whether any act needs a second person.</summary>
    [JsonIgnore]
    public bool IsOn => All || Acts.Count > 0;

    /// <summary>Whether an act is switched on.</summary>
    public bool Names(string act) => All || Acts.Contains(act);
}
