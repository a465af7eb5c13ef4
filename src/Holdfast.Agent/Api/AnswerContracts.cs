namespace Holdfast.Agent.Api;

/// <summary>One role in an answer about what would happen.</summary>
/// <param name="Role">The role.</param>
/// <param name="From">The node that owns it now; null when nobody does.</param>
/// <param name="To">The node that would own it; null when it would be offline.</param>
/// <param name="Outcome"><c>stays</c>, <c>moves</c> or <c>waits</c>.</param>
/// <param name="ExpectedMs">How long its clients would be without it, in milliseconds; null when that cannot be told.</param>
/// <param name="Reason">Why, with what the time was told from.</param>
public sealed record RoleOutlook(string Role, string? From, string? To, string Outcome, double? ExpectedMs, string Reason);

/// <summary>GET /v1/what-if?down=a,b: what would become of the roles if these nodes were lost at once.</summary>
/// <param name="Store"><c>ok</c> or <c>no-quorum</c>.</param>
/// <param name="Votes">The votes that are left, one sentence.</param>
public sealed record WhatIfAnswer(IReadOnlyList<string> Down, string Store, string Votes, IReadOnlyList<RoleOutlook> Roles);

/// <summary>GET /v1/nodes/{node}/reboot: whether a node can be drained and restarted now.</summary>
/// <param name="Yes">Whether everything that is online would stay so.</param>
/// <param name="Reasons">Why not; what to know when it can.</param>
/// <param name="Moves">The roles that would move, and those that could not.</param>
/// <param name="LosesRedundancy">The roles that nobody could take over while the node is away, and somebody could now.</param>
public sealed record RebootAnswer(string Node, bool Yes, IReadOnlyList<string> Reasons, IReadOnlyList<RoleOutlook> Moves, IReadOnlyList<string> LosesRedundancy);

/// <summary>GET /v1/failures: the loss of every node and of every two nodes at once.</summary>
/// <param name="Down">The one or two nodes lost.</param>
/// <param name="Store"><c>ok</c> or <c>no-quorum</c>.</param>
/// <param name="Moves">The roles that would move.</param>
/// <param name="Offline">The roles that would be offline.</param>
/// <param name="NeedsWord">Those of them that an operator's word would bring back.</param>
public sealed record FailureOutlook(IReadOnlyList<string> Down, string Store, IReadOnlyList<string> Moves, IReadOnlyList<string> Offline, IReadOnlyList<string> NeedsWord);
