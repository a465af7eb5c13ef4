using Holdfast.Agent.Api;

namespace Holdfast.Management.Alerts.Sources;

/// <summary>What events of the journals have to say: single happenings, which rules count.</summary>
public static class RoleEvents
{
    // The rules by which a role leaves its node without anybody's wish.
    private static readonly string[] Unplanned = ["node-loss", "resource-failure", "node-unhealthy"];

    /// <summary>What an event means; null when it means nothing to alerts. The same event may be told again.</summary>
    /// <param name="item">The event.</param>
    public static AlertInput.Happened? Of(ClusterEvent item) =>
        item is { Kind: "role.assigned", Role: { } role, Because: { } because } && Unplanned.Contains(because)
            ? new(new AlertSignal
            {
                Trigger = AlertTrigger.RoleFlapping, Subject = $"role:{role}", Sentence = $"Role {role} changes its node again and again.", Because = item.Message, Hint = $"See 'holdfast role explain {role}' and the log of what fails; 'holdfast role maintenance {role}' keeps it where it is meanwhile.",
            }, item.At)
            : null;
}
