using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Core;

/// <summary>How far an effect has come.</summary>
internal enum UnitPhase
{
    /// <summary>Accepted; the effect is being made and may still fail. Nobody may call the node clean meanwhile.</summary>
    Pending,

    /// <summary>The effect is there.</summary>
    Held,

    /// <summary>Being ended on request.</summary>
    Ending,
}

/// <summary>One effect that the leash answers for, from before it is made until it is verified gone. The shell derives what the kernel needs to end it.</summary>
internal abstract class UnitEntry(string unit, UnitKind kind, Warrant warrant, string tag)
{
    private volatile bool _gone;

    public string Unit { get; } = unit;

    public UnitKind Kind { get; } = kind;

    public Warrant Warrant { get; } = warrant;

    /// <summary>Gets or sets the agent's text. It changes on the queue only.</summary>
    public string Tag { get; set; } = tag;

    public UnitPhase Phase { get; set; }

    /// <summary>Gets or sets whether it was seen to be gone. It stays listed until the queue has tidied up, but stands in nobody's way.</summary>
    public bool Gone { get => _gone; set => _gone = value; }

    /// <summary>Gets whether it lives outside the lease (the node's etcd member).</summary>
    public bool IsInfrastructure => Warrant.Role is null;
}
