using System.Collections.Immutable;
using Holdfast.Agent.Api;
using Holdfast.Cluster.Access;
using Holdfast.Management.Api;
using Holdfast.Management.People;
using Holdfast.Management.Policies;
using Holdfast.Management.Settings;
using Microsoft.AspNetCore.WebUtilities;

namespace Holdfast.Management.Approvals;

/// <summary>Whether a request destroys something, where its route alone does not say so.</summary>
internal sealed class ActJudge(PolicyDesk policies, PeopleDesk people, SettingsDesk settings)
{
    private const int MostNamed = 5;

    /// <summary>What a request would destroy, one clause, and as which acts; none of them when it destroys nothing.</summary>
    /// <exception cref="HoldfastException">What whoever carries it out would say of it, and what must not be asked for at all.</exception>
    public async Task<(string What, ImmutableArray<DestructiveAct> Acts)> JudgeAsync(AskedRequest request, Person by, CancellationToken cancellationToken)
    {
        var acts = DestructiveActs.Of(request.Method, request.Route);
        switch ($"{request.Method} {request.Route}")
        {
            case "POST /apply":
                if (IsDryRun(request)) return ("", []);
                var (changed, keepsLess) = (await ChangesAsync(request, by, cancellationToken), PoliciesOf(request).Any(KeepsLess));
                return (Said(DestructiveActs.DeclarationChange, changed), [.. changed.Count == 0 ? [] : (DestructiveAct[])[DestructiveActs.DeclarationChange], .. keepsLess ? (DestructiveAct[])[DestructiveActs.RetentionLower] : []]);
            case "POST /restore":
                return (acts[0].Sentence, request.Read(ApiJson.Default.RestoreRequest).DryRun ? [] : acts);
            case "POST /restores":
                var restore = request.Read(MachineJson.Default.RestoreAsked);
                return ($"Restore {restore.Snapshot} of {restore.Vault} to {restore.Target} on {restore.Node}", restore.DryRun ? [] : acts);
            case "POST /access":
                var grant = request.Read(ApiJson.Default.GrantRequest);
                return ($"Grant {grant.Subject} everything", grant.Level == AccessLevel.Admin ? acts : []);
            case "PUT /policies/{name}":
                return ($"Let policy {request.Name("name")} keep less", KeepsLess(request.Read(PolicyJson.Default.Policy)) ? acts : []);
            case "PUT /people/{name}":
                return ($"Make {request.Name("name")} an administrator", AdminRules.Makes(request.Name("name"), people.Find(request.Name("name")), request.Read(ManagementJson.Default.PersonPut), by) ? acts : []);
            case "PUT /settings":
                var asked = request.Read(SettingsJson.Default.ManagementSettings);
                return ($"Set {settings.Require(asked, by)}", [.. ActsOf(settings.Current, asked)]);
            default:
                return (Said(acts[0], [.. request.Names.Values]), acts);
        }
    }

    private static IEnumerable<DestructiveAct> ActsOf(ManagementSettings now, ManagementSettings asked)
    {
        if (SettingsRules.Loosens(now.SecondPerson, asked.SecondPerson)) yield return DestructiveActs.SecondPersonLoosen;
        if (!SettingsRules.Shortened(now.History, asked.History).IsEmpty) yield return DestructiveActs.HistoryShorten;
    }

    // As the agent reads it: nothing but this word changes nothing.
    private static bool IsDryRun(AskedRequest request) => QueryHelpers.ParseQuery(request.Query).TryGetValue("dryRun", out var said) && said == "true";

    private async Task<IReadOnlyList<string>> ChangesAsync(AskedRequest request, Person by, CancellationToken cancellationToken)
    {
        var would = await policies.ApplyAsync(request.Text, dryRun: true, by, cancellationToken);
        var changes = would.Changes.Select(change => (Name: change.Role, change.Action)).Concat((would.Calendars ?? []).Select(change => (Name: change.Calendar, change.Action))).Concat((would.Policies ?? []).Select(change => (Name: change.Policy, change.Action)));
        return [.. changes.Where(change => change.Action is not ("create" or "unchanged")).Select(change => change.Name)];
    }

    private static IEnumerable<Policy> PoliciesOf(AskedRequest request) => PolicyDocuments.Of(request.Text) is { Policies.Length: > 0 } documents ? PolicyText.Read(documents.Policies, "declaration").Policies : [];

    private bool KeepsLess(Policy asked) => policies.All.FirstOrDefault(known => known.Name == asked.Name) is { } present && RetentionChange.Lowers(present.Retention, asked.Retention);

    private static string Said(DestructiveAct act, IReadOnlyList<string> names) =>
        names.Count == 0 ? act.Sentence : $"{act.Sentence}: {string.Join(", ", names.Take(MostNamed))}{(names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : "")}";
}
