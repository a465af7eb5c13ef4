using Holdfast.Management.Alerts;

namespace Holdfast.Management.Tests.Alerts;

/// <summary>A message to be sent.</summary>
internal static class Deliveries
{
    public static DateTimeOffset Now { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static AlertDelivery Some(string sentence = "The RPO of /srv/data is broken.") => new()
    {
        Id = "0011223344556677-1-opened-admins", Channel = "admins", Created = Now, NextTry = Now,
        Message = new("opened", "0011223344556677", "rpo-broken", AlertSeverity.Critical, "thing:tree:/srv/data", sentence, "Its newest snapshot is 3 h old — älter als erlaubt.", "See 'holdfast job show gold'.", Now, 1),
    };
}
