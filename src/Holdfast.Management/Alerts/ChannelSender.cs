namespace Holdfast.Management.Alerts;

/// <summary>Sends each message the way its channel says.</summary>
/// <param name="channels">The channels that there are at the time.</param>
/// <param name="mail">Sends e-mail.</param>
/// <param name="webhook">Posts.</param>
/// <param name="command">Runs programs.</param>
/// <param name="console">Where the console is, for a link in each message; null for none.</param>
public sealed class ChannelSender(Func<IReadOnlyCollection<AlertChannel>> channels, MailSender mail, WebhookSender webhook, CommandSender command, Func<string?> console) : IAlertSender
{
    /// <inheritdoc/>
    public Task SendAsync(AlertDelivery delivery, CancellationToken cancellationToken) =>
        SendLinkedAsync(console() is { } address ? delivery with { Message = delivery.Message with { Link = $"{address.TrimEnd('/')}/alerts" } } : delivery, cancellationToken);

    private Task SendLinkedAsync(AlertDelivery delivery, CancellationToken cancellationToken) => channels().FirstOrDefault(channel => channel.Name == delivery.Channel) switch
    {
        { Mail: { } settings } => mail.SendAsync(settings, delivery, cancellationToken),
        { Webhook: { } settings } => webhook.SendAsync(settings, delivery, cancellationToken),
        { Command: { } settings } => command.SendAsync(settings, delivery, cancellationToken),
        _ => throw new AlertDeliveryException($"there is no channel {delivery.Channel}", permanent: true),
    };
}
