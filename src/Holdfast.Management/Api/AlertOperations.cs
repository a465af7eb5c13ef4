using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Holdfast.Agent.Api;
using Holdfast.Cluster.Access;
using Holdfast.Management.Alerts;
using Holdfast.Management.Repository;
using Holdfast.Management.Repository.Queries;
using Holdfast.Management.Repository.Rows;
using static Holdfast.Management.Api.Answering;
using static Holdfast.Management.Api.ListQueries;

namespace Holdfast.Management.Api;

/// <summary>Alerts, and what makes and carries them.</summary>
internal sealed class AlertOperations(AlertService alerts, AlertDesk desk, RepositoryDatabase repository)
{
    /// <summary>Every one of them.</summary>
    public IEnumerable<Operation> All() =>
    [
        Get("/alerts", AccessLevel.Viewer, "Alerts: those that are not closed from the cluster's store, closed ones from the history.", HistoryJson.Default.PageAlertRow, async (http, _) => Text(http, "state") is "closed"
            ? await repository.Alerts.ListAsync(Paged(http, new AlertsQuery("closed", Text(http, "rule"), Text(http, "subject"), Text(http, "severity"))), http.RequestAborted)
            : new Page<AlertRow>([.. alerts.State.Alerts.Values.Select(AlertStore.RowOf).Where(row => row.State != "closed" && Is(row.State, Text(http, "state")) && Is(row.Rule, Text(http, "rule")) && Is(row.Subject, Text(http, "subject")) && Is(row.Severity, Text(http, "severity"))).OrderByDescending(row => row.Opened)], null))
            with { Query = Described(("state", "open or acknowledged (both by default), or closed."), ("rule", "Of this rule."), ("subject", "About this."), ("severity", "Of this severity.")) },
        Send("POST", "/alerts/{id}/acknowledge", AccessLevel.Operator, "Says that somebody looks after an alert.", AlertApiJson.Default.AlertComment, ApiJson.Default.Done, async (http, by, body) =>
        {
            await alerts.TellAsync(new AlertInput.Acknowledged(NodeApi.Part(http, "id"), by.Name, body.Comment), http.RequestAborted);
            return new Done($"{by.Name} looks after it.");
        }),
        Get("/alert-rules", AccessLevel.Viewer, "The rules.", AlertJson.Default.ImmutableArrayAlertRule, (_, _) => Task.FromResult(desk.Rules)),
        Send("PUT", "/alert-rules/{name}", AccessLevel.Admin, "Sets a rule.", AlertJson.Default.AlertRule, ApiJson.Default.Done, async (http, by, rule) =>
        {
            await desk.PutRuleAsync(NodeApi.Part(http, "name"), rule, by, http.RequestAborted);
            return new Done($"Rule {rule.Name} is set.");
        }),
        Act("DELETE", "/alert-rules/{name}", AccessLevel.Admin, "Removes a rule; one that comes with the product is again as it came.", async (http, by) =>
        {
            await desk.RemoveRuleAsync(NodeApi.Part(http, "name"), by, http.RequestAborted);
            return $"Rule {NodeApi.Part(http, "name")} is removed.";
        }),
        Get("/channels", AccessLevel.Operator, "The channels.", AlertJson.Default.ImmutableArrayAlertChannel, (_, _) => Task.FromResult(desk.Channels)),
        Send("PUT", "/channels/{name}", AccessLevel.Admin, "Sets a channel: e-mail, webhook or command.", AlertJson.Default.AlertChannel, ApiJson.Default.Done, async (http, by, channel) =>
        {
            await desk.PutChannelAsync(NodeApi.Part(http, "name"), channel, by, http.RequestAborted);
            return new Done($"Channel {channel.Name} is set.");
        }),
        Act("DELETE", "/channels/{name}", AccessLevel.Admin, "Removes a channel.", async (http, by) =>
        {
            await desk.RemoveChannelAsync(NodeApi.Part(http, "name"), by, http.RequestAborted);
            return $"Channel {NodeApi.Part(http, "name")} is removed.";
        }),
        Act("POST", "/channels/{name}/test", AccessLevel.Admin, "Sends a message over a channel.", async (http, by) =>
        {
            await alerts.TellAsync(new AlertInput.Test(NodeApi.Part(http, "name"), by.Name, Guid.NewGuid().ToString("N")[..12]), http.RequestAborted);
            return $"A message is on its way over {NodeApi.Part(http, "name")}; what keeps it is an alert.";
        }),
        Get("/mutes", AccessLevel.Viewer, "What is muted.", AlertJson.Default.ImmutableArrayAlertMute, (_, _) => Task.FromResult(desk.Mutes)),
        Send("POST", "/mutes", AccessLevel.Operator, "Mutes alerts about something for a time.", AlertApiJson.Default.MuteAsked, AlertJson.Default.AlertMute, (http, by, asked) =>
            desk.MuteAsync(new AlertMute("", asked.Subject, asked.Until, asked.Reason), by, http.RequestAborted)),
        Act("DELETE", "/mutes/{id}", AccessLevel.Operator, "Ends a mute.", async (http, by) =>
        {
            await desk.UnmuteAsync(NodeApi.Part(http, "id"), by, http.RequestAborted);
            return "The mute is over.";
        }),
    ];

    private static bool Is(string value, string? wanted) => wanted is null || value == wanted;
}

/// <summary>POST /api/v1/alerts/{id}/acknowledge</summary>
public sealed record AlertComment(string? Comment = null);

/// <summary>POST /api/v1/mutes</summary>
/// <param name="Subject">What: <c>node:a</c>, <c>role:shop</c>, <c>job:nightly</c>, <c>cluster</c> …</param>
/// <param name="Until">Until when.</param>
public sealed record MuteAsked(string Subject, DateTimeOffset Until, string? Reason = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AlertComment))]
[JsonSerializable(typeof(MuteAsked))]
internal sealed partial class AlertApiJson : JsonSerializerContext;
