using System.Text.Json.Serialization;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Api;

// The messages of the node API: JSON, camelCase, enums as camelCase strings, durations in milliseconds where the name says Ms.
// The same over the local Unix socket and over mutual TLS between nodes. Errors are problem+json (RFC 9457) with a stable code.

/// <summary>An error as it travels: RFC 9457 with the product's stable code and hint.</summary>
/// <param name="Type"><c>urn:holdfast:error:CODE</c>.</param>
/// <param name="Title">What kind of error.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What happened, to which thing.</param>
/// <param name="Code">The stable code.</param>
/// <param name="Hint">What to do next.</param>
public sealed record ApiProblem(string Type, string Title, int Status, string Detail, string Code, string? Hint);

/// <summary>GET /v1/agent</summary>
/// <param name="Version">Product version.</param>
/// <param name="Node">This node's name; null before it belongs to a cluster.</param>
/// <param name="Cluster">The cluster's name; null before.</param>
/// <param name="State">unconfigured, starting, member, fenced, no-quorum, left-behind, outdated.</param>
/// <param name="Reason">Why it is in that state.</param>
public sealed record AgentInfo(string Version, string? Node, string? Cluster, string State, string Reason);

/// <summary>POST /v1/cluster: makes this node the first of a new cluster. Answered by a stream of <see cref="ProgressLine"/>.</summary>
/// <param name="Store">The shared database (<c>postgres://…</c>); null for etcd on the nodes, or the embedded store of a single one.</param>
/// <param name="Management">Whether it shall have a management service.</param>
/// <param name="ManagementAddress">The virtual address of that service with its prefix length, such as 10.0.0.10/24; null for none.</param>
public sealed record CreateClusterRequest(string Name, string Node, string Address, string Profile, bool SingleNode = false, string? Store = null, bool Management = false, string? ManagementAddress = null);

/// <summary>POST /v1/join: makes this node part of a cluster. Answered by a stream of <see cref="ProgressLine"/>.</summary>
public sealed record JoinRequest(string Token, string Node, string Address, bool Witness, bool Client = false);

/// <summary>One line (NDJSON) of a long operation: a step that was done, and at the end either a result sentence or a problem.</summary>
/// <param name="Again">At the end, instead of either: the agent that answered is restarted as a part of it; who asks again when it answers goes on with the rest.</param>
public sealed record ProgressLine(string? Step, string? Result, ApiProblem? Problem, bool Again = false);

/// <summary>POST /v1/tokens: makes a join token.</summary>
/// <param name="LifetimeSeconds">How long it can be used; 60 to 604,800. It can be used once.</param>
public sealed record TokenRequest(int LifetimeSeconds = 3600);

/// <summary>The token, shown once.</summary>
public sealed record TokenResponse(string Token, DateTimeOffset Expires);

/// <summary>GET /v1/cluster</summary>
public sealed record ClusterStatus
{
    public required string Name { get; init; }
    public required string Id { get; init; }
    public required string Profile { get; init; }
    public required long Revision { get; init; }

    /// <summary>Gets the node that answered.</summary>
    public required string AnsweredBy { get; init; }

    /// <summary>Gets <c>ok</c>, <c>degraded</c> (a voter is down) or <c>no-quorum</c>.</summary>
    public required string Store { get; init; }
    public required IReadOnlyList<NodeStatus> Nodes { get; init; }
    public required IReadOnlyList<RoleSummary> Roles { get; init; }

    /// <summary>Gets the shared volumes, and which node each is attached to; null when an older build told.</summary>
    public IReadOnlyList<SharedVolumeSummary>? SharedVolumes { get; init; }

    /// <summary>Gets the maintenance that the whole cluster is in; null when in none.</summary>
    public Maintenance? Maintenance { get; init; }

    /// <summary>Gets what needs somebody's attention, one sentence each, with what to do.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}

/// <summary>One node, as the answering node sees it.</summary>
/// <param name="State">up, down, closing or joining; a client machine that is not there is away.</param>
/// <param name="LeaseAgeMs">How long ago the answering node saw its last renewal.</param>
/// <param name="StoreLeader">Whether it leads the store now.</param>
/// <param name="Problems">What runs out on it, each as the end of a sentence that starts with its name; empty when it is well.</param>
/// <param name="Quarantine">The quarantine that it is in; null when in none.</param>
/// <param name="Description">What people shall know of it; null when nobody said anything.</param>
public sealed record NodeStatus(string Name, NodeKind Kind, bool Voter, bool StoreLeader, string Address, string State, NodeIntent Intent, long Incarnation, double? LeaseAgeMs, IReadOnlyList<string> Roles, Quarantine? Quarantine = null, IReadOnlyList<string>? Problems = null, string? Description = null);

/// <summary>One role in a list.</summary>
/// <param name="Owner">The node that owns it; null when nobody does.</param>
/// <param name="State">offline, starting, online, stopping, failed or waiting.</param>
/// <param name="Reason">Why, one sentence.</param>
/// <param name="Blocked">Whether it waits for what the cluster cannot do by itself: a node that may own it, an operator's word, or the end of a maintenance.</param>
/// <param name="Instances">Of a role that runs everywhere: what it is on each node that may own it, by name; null for others.</param>
/// <param name="Maintenance">The maintenance that it is in, its own or the cluster's; null when in none.</param>
public sealed record RoleSummary(string Name, string? Owner, string Epoch, PlacementPhase Phase, string State, string Reason, DesiredState Desired, string Because, IReadOnlyList<ResourceSummary> Resources, bool Blocked = false, Maintenance? Maintenance = null, IReadOnlyList<InstanceSummary>? Instances = null);

/// <summary>One node's instance of a role that runs everywhere.</summary>
public sealed record InstanceSummary(string Node, string Epoch, PlacementPhase Phase, string State, string Reason, IReadOnlyList<ResourceSummary> Resources);

/// <summary>One resource in a list.</summary>
public sealed record ResourceSummary(string Name, string Type, string State, string Reason);

/// <summary>GET /v1/roles/{role}</summary>
/// <param name="Summary">As in the list.</param>
/// <param name="Declaration">The role's declaration as YAML.</param>
/// <param name="History">The last decisions, newest first.</param>
/// <param name="OutageSeconds">How long the role was away before it was online on its present owner: from the last sign of life of a lost owner, or from when it was told to leave; null when that was not measured.</param>
/// <param name="Deleting">Whether it was asked to be deleted: it is gone as soon as it is offline.</param>
public sealed record RoleDetail(RoleSummary Summary, string Declaration, IReadOnlyList<Decision> History, double? OutageSeconds = null, bool Deleting = false);

/// <summary>GET /v1/roles/{role}/explain</summary>
public sealed record RoleExplain(RoleSummary Summary, string Why, IReadOnlyList<string> Evidence, IReadOnlyList<Candidate> Candidates, IReadOnlyList<string> WhatWouldChangeIt, IReadOnlyList<Decision> History);

/// <summary>GET /v1/roles/{role}/standby: what every other possible owner is to the role.</summary>
/// <param name="Node">The standby.</param>
/// <param name="Monitoring">The node it watches; null when the role has no owner.</param>
/// <param name="WouldWin">Whether it would be the next owner now.</param>
/// <param name="ExpectedTakeoverMs">What the wait for the lease and the measured starts of the role make likely, in milliseconds; null when it was never started, or the node cannot take it.</param>
/// <param name="Reason">Why it would, or would not.</param>
public sealed record Standby(string Node, string? Monitoring, bool WouldWin, double? ExpectedTakeoverMs, string Reason);

/// <summary>POST /v1/roles/{role}/move</summary>
/// <param name="To">The node; null lets the planner choose.</param>
public sealed record MoveRequest(string? To);

/// <summary>POST /v1/roles/{role}/maintenance and POST /v1/cluster/maintenance; DELETE of the same ends it.</summary>
/// <param name="Seconds">How long it lasts; 60 to 2,592,000.</param>
/// <param name="Reason">Why, for those who see it.</param>
public sealed record MaintenanceRequest(double Seconds, string? Reason);

/// <summary>POST /v1/apply?dryRun=BOOL with the declaration (YAML) as body; POST /v1/roles/{role}/resources with one resource (YAML); DELETE /v1/roles/{role}.</summary>
/// <param name="Changes">What changes (dry run) or was changed; empty when nothing does.</param>
/// <param name="Calendars">The same of calendars; null when the declaration has none.</param>
/// <param name="Policies">The same of policies, which the management service takes; null when the declaration has none.</param>
public sealed record ApplyResponse(IReadOnlyList<RoleChange> Changes, IReadOnlyList<CalendarChange>? Calendars = null, IReadOnlyList<PolicyChange>? Policies = null);

/// <summary>One policy's change.</summary>
/// <param name="Action">create, update or unchanged.</param>
public sealed record PolicyChange(string Policy, string Action);

/// <summary>One calendar's change.</summary>
/// <param name="Action">create, update or unchanged.</param>
public sealed record CalendarChange(string Calendar, string Action);

/// <summary>One role's changes.</summary>
/// <param name="Action">create, update, delete or unchanged.</param>
/// <param name="Restarts">The resources that must restart for it.</param>
public sealed record RoleChange(string Role, string Action, IReadOnlyList<FieldChange> Fields, IReadOnlyList<string> Restarts);

/// <summary>One changed field; null means absent.</summary>
public sealed record FieldChange(string Path, string? Before, string? After);

/// <summary>POST /v1/move-store: moves a cluster of one machine to a store that others can share. Answered by a stream of <see cref="ProgressLine"/>; then the agent restarts.</summary>
/// <param name="Address">The address at which other nodes will reach this one.</param>
/// <param name="Store">The shared database (<c>postgres://…</c>); null for etcd on this node.</param>
public sealed record MoveStoreRequest(string Address, string? Store = null);

/// <summary>POST /v1/restore: makes the configuration that of a backup. GET /v1/backup answers with a backup's file.</summary>
/// <param name="Backup">The file.</param>
/// <param name="DryRun">Only says what would change.</param>
/// <param name="ClusterKey">The key that the backup's secrets are sealed with, when it is of another cluster.</param>
/// <param name="WithoutSecrets">Leaves its secrets out.</param>
public sealed record RestoreRequest(byte[] Backup, bool DryRun, byte[]? ClusterKey = null, bool WithoutSecrets = false);

/// <summary>What a restore changed, or would.</summary>
/// <param name="Cluster">The cluster that the backup is of.</param>
/// <param name="TakenAt">When it was taken.</param>
/// <param name="TakenBy">The node that took it.</param>
/// <param name="Another">Whether it is of another cluster than this one.</param>
/// <param name="Changes">The records that change; empty when all is as in the backup.</param>
public sealed record RestoreResponse(string Cluster, DateTimeOffset TakenAt, string TakenBy, bool Another, IReadOnlyList<RestoreChange> Changes);

/// <summary>One record of a restore.</summary>
/// <param name="Key">The record, such as <c>roles/orders</c>.</param>
/// <param name="Action">create, change or delete.</param>
public sealed record RestoreChange(string Key, string Action);

/// <summary>The answer to an act without a result of its own.</summary>
/// <param name="Message">What was done, one sentence.</param>
public sealed record Done(string Message);

/// <summary>GET /v1/events?limit=N&amp;role=R&amp;node=N: the last events of every node that answers, oldest first. With follow=true a stream (NDJSON) that goes on.</summary>
/// <param name="At">Wall clock of the node that saw it.</param>
/// <param name="BootMs">The same instant on that node's boot clock, in milliseconds.</param>
/// <param name="Kind">A stable name, such as <c>role.online</c>, <c>lease.ended</c>.</param>
/// <param name="Because">The rule that led to it, if a decision did.</param>
public sealed record ClusterEvent(DateTimeOffset At, double BootMs, string Node, string Kind, string? Role, string? Resource, string? Epoch, string Message, string? Because)
{
    /// <summary>Gets its place in the journal of its node; null from a build that did not number them.</summary>
    [JsonPropertyOrder(-1)] // First in the line, where it is found without reading the rest.
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JournalPosition? Id { get; init; }

    /// <summary>Gets what history keeps of it beside the sentence; null when that is all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JournalData? Data { get; init; }
}
