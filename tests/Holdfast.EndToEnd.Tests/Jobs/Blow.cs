namespace Holdfast.EndToEnd.Tests.Jobs;

/// <summary>What becomes of the node that owns a job.</summary>
internal enum Blow
{
    /// <summary>Its power goes.</summary>
    PowerOff,

    /// <summary><c>kill -9</c> of its agent: the worker lives.</summary>
    KillAgent,

    /// <summary><c>kill -9</c> of its leash: everything that it parents dies with it.</summary>
    KillLeash,

    /// <summary>Its cable is pulled: it ends the worker by itself.</summary>
    PullCable,

    /// <summary>Its agent stands still for a while, longer than its lease or not.</summary>
    StopAgent,
}
