namespace Holdfast.Management.Approvals;

/// <summary>An act that destroys something, and that a second person may have to agree to.</summary>
/// <param name="Name">Its name in settings, such as <c>node.evict</c>.</param>
/// <param name="Sentence">What it is, without a full stop.</param>
public sealed record DestructiveAct(string Name, string Sentence)
{
    /// <summary>Gets whether it would undo the rule itself: it needs a second person as soon as any act does, whatever is switched on.</summary>
    public bool GuardsItself { get; init; }

    /// <summary>Gets whether what it is about is gone afterwards.</summary>
    public bool Removes { get; init; }

    /// <summary>Gets whether carrying it out twice leaves what once leaves. Another one is not repeated when nobody knows whether it was done.</summary>
    public bool Repeatable { get; init; } = true;
}
