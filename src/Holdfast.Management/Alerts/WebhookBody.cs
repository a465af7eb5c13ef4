namespace Holdfast.Management.Alerts;

/// <summary>What a webhook is sent, and a command reads.</summary>
/// <param name="Id">The message's id: the same with every try.</param>
/// <param name="Sent">When this try was made; a signature counts for a while after it.</param>
/// <param name="Cluster">The cluster that it comes from.</param>
/// <param name="Message">What it says.</param>
public sealed record WebhookBody(string Id, DateTimeOffset Sent, string Cluster, AlertMessage Message);
