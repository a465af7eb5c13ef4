namespace Holdfast.Management.Alerts;

/// <summary>Where an alert is in its life.</summary>
public enum AlertStatus
{
    /// <summary>Its condition has not held long enough; nobody sees it yet.</summary>
    Pending,

    /// <summary>It holds, and nobody said that they know.</summary>
    Open,

    /// <summary>Somebody knows: nobody else is told.</summary>
    Acknowledged,

    /// <summary>It is over.</summary>
    Closed,
}
