using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Holdfast.Management.Approvals;

/// <summary>Which requests of the API can need a second person. Every request that changes something is in one of the two tables here; a test says so.</summary>
public static class DestructiveActs
{
    /// <summary>Evicts a node.</summary>
    public static readonly DestructiveAct NodeEvict = new("node.evict", "Take a node out of the cluster") { Removes = true };

    /// <summary>Evicts a node that is not trusted any more.</summary>
    public static readonly DestructiveAct NodeRevoke = new("node.revoke", "Take a node out of the cluster and rotate the cluster's key") { Removes = true };

    /// <summary>Says that a node is off.</summary>
    public static readonly DestructiveAct NodeConfirmDown = new("node.confirm-down", "Say that a node is off, so that its roles may start elsewhere");

    /// <summary>Deletes a role.</summary>
    public static readonly DestructiveAct RoleDelete = new("role.delete", "Delete a role or a job") { Removes = true };

    /// <summary>Changes what is declared.</summary>
    public static readonly DestructiveAct DeclarationChange = new("declaration.change", "Apply a declaration that changes or deletes what is there");

    /// <summary>Deletes a policy.</summary>
    public static readonly DestructiveAct PolicyDelete = new("policy.delete", "Delete a policy and its jobs") { Removes = true };

    /// <summary>Lets a policy keep less.</summary>
    public static readonly DestructiveAct RetentionLower = new("retention.lower", "Let a policy keep fewer snapshots, or keep them for a shorter time");

    /// <summary>Forgets a vault.</summary>
    public static readonly DestructiveAct VaultDelete = new("vault.delete", "Forget a vault") { Removes = true };

    /// <summary>Restores files.</summary>
    public static readonly DestructiveAct SnapshotRestore = new("snapshot.restore", "Restore from a snapshot over what is there") { Repeatable = false };

    /// <summary>Forgets a snapshot.</summary>
    public static readonly DestructiveAct SnapshotForget = new("snapshot.forget", "Forget a snapshot") { Removes = true };

    /// <summary>Ends a legal hold.</summary>
    public static readonly DestructiveAct HoldRelease = new("hold.release", "Take a legal hold off a snapshot");

    /// <summary>Restores the cluster's configuration, with who was granted everything in it.</summary>
    public static readonly DestructiveAct ClusterRestore = new("cluster.restore", "Make the cluster's configuration that of a backup") { GuardsItself = true };

    /// <summary>Removes a person.</summary>
    public static readonly DestructiveAct PersonDelete = new("person.delete", "Remove a person") { Removes = true };

    /// <summary>Keeps history for a shorter time.</summary>
    public static readonly DestructiveAct HistoryShorten = new("history.shorten", "Keep history for a shorter time");

    /// <summary>Makes an administrator.</summary>
    public static readonly DestructiveAct PersonAdmin = new("person.admin", "Make somebody an administrator, who may then approve") { GuardsItself = true };

    /// <summary>Makes an administrator on the nodes.</summary>
    public static readonly DestructiveAct AccessAdmin = new("access.admin", "Grant an account or a certificate everything, so that it may approve") { GuardsItself = true };

    /// <summary>Needs a second person for less.</summary>
    public static readonly DestructiveAct SecondPersonLoosen = new("second-person.loosen", "Need a second person for less than now") { GuardsItself = true };

    private static readonly FrozenDictionary<string, ImmutableArray<DestructiveAct>> ByRequest = new Dictionary<string, ImmutableArray<DestructiveAct>>
    {
        ["POST /nodes/{node}/evict"] = [NodeEvict],
        ["POST /nodes/{node}/revoke"] = [NodeRevoke],
        ["POST /nodes/{node}/confirm-down"] = [NodeConfirmDown],
        ["DELETE /roles/{role}"] = [RoleDelete],
        ["POST /apply"] = [DeclarationChange, RetentionLower],
        ["DELETE /policies/{name}"] = [PolicyDelete],
        ["PUT /policies/{name}"] = [RetentionLower],
        ["DELETE /vaults/{name}"] = [VaultDelete],
        ["POST /restores"] = [SnapshotRestore],
        ["DELETE /snapshots/{id}"] = [SnapshotForget],
        ["DELETE /snapshots/{id}/hold"] = [HoldRelease],
        ["POST /restore"] = [ClusterRestore],
        ["PUT /people/{name}"] = [PersonAdmin],
        ["DELETE /people/{name}"] = [PersonDelete],
        ["POST /access"] = [AccessAdmin],
        ["PUT /settings"] = [SecondPersonLoosen, HistoryShorten],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Gets every act, by name.</summary>
    public static ImmutableArray<DestructiveAct> All { get; } = [.. ByRequest.Values.SelectMany(acts => acts).Distinct().OrderBy(act => act.Name, StringComparer.Ordinal)];

    /// <summary>
    /// Gets the requests that change something and destroy nothing: what they do can be undone by asking for the opposite, adds to what is there, or changes nothing but says
    /// something about it.
    /// </summary>
    public static FrozenSet<string> Harmless { get; } = FrozenSet.Create(
        StringComparer.Ordinal,
        "POST /session", "DELETE /session", "POST /tokens", "DELETE /tokens/{id}", "POST /tokens/join", "DELETE /access/{subject}",
        "POST /cluster/maintenance", "DELETE /cluster/maintenance", "POST /upgrade", "POST /profile/{profile}",
        "POST /nodes/{node}/pause", "POST /nodes/{node}/resume", "POST /nodes/{node}/drain", "POST /nodes/{node}/renew-certificate", "POST /nodes/{node}/test", "PUT /nodes/{node}/settings",
        "POST /roles/{role}/move", "POST /roles/{role}/start", "POST /roles/{role}/stop", "POST /roles/{role}/failback", "POST /roles/{role}/stay", "POST /roles/{role}/rehearse",
        "POST /roles/{role}/maintenance", "DELETE /roles/{role}/maintenance", "POST /roles/{role}/resources",
        "POST /roles/{role}/resources/{resource}/online", "POST /roles/{role}/resources/{resource}/offline", "POST /roles/{role}/resources/{resource}/restart", "POST /roles/{role}/resources/{resource}/use-network-name",
        "POST /jobs/{job}/run", "POST /jobs/{job}/pause", "POST /jobs/{job}/resume", "POST /jobs/{job}/cancel", "POST /schedulers/{node}/start", "POST /schedulers/{node}/stop", "DELETE /calendars/{calendar}",
        "POST /policies/{name}/preview", "PUT /vaults/{name}", "POST /vaults/{name}/test", "POST /vaults/{name}/catalogue", "POST /database/test",
        "POST /snapshots/{id}/tags", "POST /snapshots/{id}/hold", "POST /snapshots/{id}/bring-back",
        "POST /alerts/{id}/acknowledge", "PUT /alert-rules/{name}", "DELETE /alert-rules/{name}", "PUT /channels/{name}", "DELETE /channels/{name}", "POST /channels/{name}/test", "POST /mutes", "DELETE /mutes/{id}",
        "POST /approvals/{id}/approve", "POST /approvals/{id}/refuse");

    /// <summary>The acts that a request can be; empty when it destroys nothing.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="route">The path below <c>/api/v1</c>, with parameters in braces.</param>
    public static ImmutableArray<DestructiveAct> Of(string method, string route) => ByRequest.GetValueOrDefault($"{method} {route}", []);

    /// <summary>An act by its name; null when there is none.</summary>
    public static DestructiveAct? Find(string name) => All.FirstOrDefault(act => act.Name == name);
}
