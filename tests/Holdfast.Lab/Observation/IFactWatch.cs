using Holdfast.Lab.Hosts;

namespace Holdfast.Lab.Observation;

/// <summary>Watches one kind of fact on hosts. Everything happens on the observer's thread.</summary>
internal interface IFactWatch : IDisposable
{
    /// <summary>Begins to watch a host that has booted.</summary>
    void Watch(LabHost host);

    /// <summary>Ends what lasted on a host whose power is off.</summary>
    void Forget(LabHost host, PowerOff off);

    /// <summary>Looks for what nobody announces.</summary>
    /// <returns>When to look again; null for never.</returns>
    TimeSpan? Look();
}
