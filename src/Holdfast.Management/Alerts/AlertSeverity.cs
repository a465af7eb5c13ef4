namespace Holdfast.Management.Alerts;

/// <summary>How bad it is.</summary>
public enum AlertSeverity
{
    /// <summary>To know.</summary>
    Info,

    /// <summary>Something works worse, or one thing more must not fail.</summary>
    Warning,

    /// <summary>Something that is protected is not any more, or a service is down.</summary>
    Critical,
}
