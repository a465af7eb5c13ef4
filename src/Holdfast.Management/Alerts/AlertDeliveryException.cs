namespace Holdfast.Management.Alerts;

/// <summary>A message did not arrive, or nobody knows whether it did.</summary>
/// <param name="reason">Why, a clause without a full stop.</param>
/// <param name="permanent">Whether it would be the same again.</param>
public sealed class AlertDeliveryException(string reason, bool permanent, Exception? inner = null) : HoldfastException(
    permanent ? ErrorKind.Invalid : ErrorKind.Unavailable, "alert.not-delivered", $"The message was not delivered: {reason}.", permanent ? "Correct the channel, then test it." : "It is tried again.", inner)
{
    /// <summary>Gets why, a clause.</summary>
    public string Reason { get; } = reason;

    /// <summary>Gets whether it would be the same again.</summary>
    public bool Permanent { get; } = permanent;
}
