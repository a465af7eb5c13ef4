using System.Collections.Immutable;
using Holdfast.Agent.Api;
using Holdfast.Cluster.Access;
using Holdfast.Management.Compliance;
using Holdfast.Management.Policies;
using static Holdfast.Management.Api.Answering;
using static Holdfast.Management.Api.ListQueries;

namespace Holdfast.Management.Api;

/// <summary>Policies, and what is protected by them.</summary>
internal sealed class PolicyOperations(PolicyDesk desk, ComplianceWatch compliance)
{
    /// <summary>Every one of them.</summary>
    public IEnumerable<Operation> All() =>
    [
        Get("/policies", AccessLevel.Viewer, "The policies.", PolicyJson.Default.ImmutableArrayPolicy, (_, _) => Task.FromResult<ImmutableArray<Policy>>([.. desk.All.OrderBy(policy => policy.Name, StringComparer.Ordinal)])),
        Get("/policies/{name}", AccessLevel.Viewer, "A policy.", PolicyJson.Default.Policy, (http, _) => Task.FromResult(desk.Require(NodeApi.Part(http, "name")))),
        Send("PUT", "/policies/{name}", AccessLevel.Admin, "Takes a policy and brings its jobs to what it says.", PolicyJson.Default.Policy, PolicyJson.Default.PolicyPreview, (http, by, policy) =>
            desk.PutAsync(NodeApi.Part(http, "name"), policy, by, http.RequestAborted)),
        Act("DELETE", "/policies/{name}", AccessLevel.Admin, "Removes a policy and its jobs; its snapshots stay.", async (http, by) =>
        {
            await desk.RemoveAsync(NodeApi.Part(http, "name"), by, http.RequestAborted);
            return $"Policy {NodeApi.Part(http, "name")} and its jobs are removed; its snapshots stay.";
        }),
        Send("POST", "/policies/{name}/preview", AccessLevel.Operator, "What a policy would change: mistakes, jobs, difference.", PolicyJson.Default.Policy, PolicyJson.Default.PolicyPreview, (http, _, policy) =>
            desk.PreviewAsync(policy, http.RequestAborted)),
        new("POST", "/apply", AccessRules.Needed("POST", "/v1/apply"), "Applies a declaration of roles, jobs, calendars and policies, all of it or nothing; or says what it would change.", (http, by) =>
            NodeApi.AnswerAsync(http, ApiJson.Default.ApplyResponse, async () =>
            {
                var yaml = await NodeApi.TextAsync(http);
                return http.Request.Query["dryRun"] == "true" ? await desk.WouldApplyAsync(yaml, by.Caller, http.RequestAborted) : await desk.ApplyAsync(yaml, by, http.RequestAborted);
            }))
            { TextBody = "application/yaml", Answer = ApiJson.Default.ApplyResponse, Query = new Dictionary<string, string> { ["dryRun"] = "true: nothing is changed." } },
        Get("/things", AccessLevel.Viewer, "What is protected, and whether its objectives are met now.", ComplianceJson.Default.ImmutableArrayThingCompliance, (http, _) => Task.FromResult<ImmutableArray<ThingCompliance>>(
            [.. compliance.Things.Where(thing => (Text(http, "state") is not { } state || thing.State.ToString().Equals(state, StringComparison.OrdinalIgnoreCase)) && (Text(http, "policy") is not { } policy || thing.Policy == policy))]))
            with { Query = new Dictionary<string, string> { ["state"] = "met, broken or unknown.", ["policy"] = "Of this policy." } },
    ];
}
