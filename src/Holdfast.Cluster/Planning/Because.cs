using System.Collections.Immutable;

namespace Holdfast.Cluster.Planning;

/// <summary>Why the planner decided something.</summary>
/// <param name="Rule">The rule's stable name, such as <c>node-lost</c>.</param>
/// <param name="Sentence">One sentence for a person.</param>
/// <param name="Evidence">What was seen, one fact each.</param>
public sealed record Because(string Rule, string Sentence, ImmutableArray<string> Evidence)
{
    /// <summary>Creates a reason with its evidence.</summary>
    public static Because Of(string rule, string sentence, params ImmutableArray<string> evidence) => new(rule, sentence, evidence);

    /// <inheritdoc/>
    public bool Equals(Because? other) => other is not null && Rule == other.Rule && Sentence == other.Sentence && Evidence.SequenceEqual(other.Evidence);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rule, Sentence);
}
