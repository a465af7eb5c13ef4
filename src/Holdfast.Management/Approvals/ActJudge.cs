using System.Collections.Immutable;
using System.Text;
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
                return IsDryRun(request) ? (acts[0].Sentence, []) : await JudgeDeclarationAsync(Encoding.UTF8.GetString(request.Body), cancellationToken);
            case "POST /restore":
                return (acts[0].Sentence, request.Read(ApiJson.Default.RestoreRequest).DryRun ? [] : acts);
            case "POST /restores":
                var restore = request.Read(MachineJson.Default.RestoreAsked);
                return ($"Restore {(restore.Database is { } database ? $"database {database.Name}" : restore.Snapshot)} of {restore.Vault} to {restore.Target} on {restore.Node}", restore.DryRun ? [] : acts);
            case "POST /access":
                var grant = request.Read(ApiJson.Default.GrantRequest);
                return ($"Grant {grant.Subject} everything", grant.Level == AccessLevel.Admin ? acts : []);
            case "PUT /policies/{name}":
                var policy = request.Read(PolicyJson.Default.Policy);
                return ($"Let policy {request.Name("name")} keep less", Lowers(policy with { Name = request.Name("name") }) ? acts : []);
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

    private async Task<(string What, ImmutableArray<DestructiveAct> Acts)> JudgeDeclarationAsync(string yaml, CancellationToken cancellationToken)
    {
        var would = await policies.WouldApplyAsync(yaml, caller: null, cancellationToken);
        IEnumerable<(string Name, string Action)> changes =
        [
            .. would.Changes.Select(change => (change.Role, change.Action)), .. (would.Calendars ?? []).Select(change => (change.Calendar, change.Action)), .. (would.Policies ?? []).Select(change => (change.Policy, change.Action)),
        ];
        var changed = changes.Where(change => change.Action is not ("create" or "unchanged")).Select(change => change.Name).ToList();
        if (changed.Count == 0) return (DestructiveActs.DeclarationChange.Sentence, []);
        var lowers = PolicyDesk.PoliciesIn(yaml).Any(Lowers);
        return (Said(DestructiveActs.DeclarationChange, changed), lowers ? [DestructiveActs.DeclarationChange, DestructiveActs.RetentionLower] : [DestructiveActs.DeclarationChange]);
    }

    private bool Lowers(Policy policy) => policies.All.FirstOrDefault(known => known.Name == policy.Name) is { } present && RetentionChange.Lowers(present.Retention, policy.Retention);

    private static string Said(DestructiveAct act, IReadOnlyList<string> names) =>
        names.Count == 0 ? act.Sentence : $"{act.Sentence}: {string.Join(", ", names.Take(MostNamed))}{(names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : "")}";
}
