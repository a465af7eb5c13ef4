namespace Holdfast.Lab.Hosts;

/// <summary>A direction of loss, seen from the host.</summary>
public enum OneWay
{
    /// <summary>The host hears nobody, but is heard.</summary>
    In,

    /// <summary>The host is not heard, but hears everybody.</summary>
    Out,
}
