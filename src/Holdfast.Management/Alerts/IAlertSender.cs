namespace Holdfast.Management.Alerts;

/// <summary>Sends messages.</summary>
public interface IAlertSender
{
    /// <summary>Sends a message once.</summary>
    /// <exception cref="AlertDeliveryException">It did not arrive, or nobody knows whether.</exception>
    Task SendAsync(AlertDelivery delivery, CancellationToken cancellationToken);
}
