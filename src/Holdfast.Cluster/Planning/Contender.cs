using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>A node in the ranking for one role. Sorts best first, those that cannot take it last; put into words only when somebody reads it.</summary>
internal sealed class Contender : IComparable<Contender>
{
    public required RoleSpec Role { get; init; }

    public required NodeStanding Standing { get; init; }

    /// <summary>Gets why it cannot be given the role now, as the end of a sentence; null when it can.</summary>
    public required string? WhyNot { get; init; }

    /// <summary>Gets how often the role failed here lately.</summary>
    public required int Failures { get; init; }

    /// <summary>Gets the place in the list of preferred owners, from 0; <see cref="int.MaxValue"/> when not listed.</summary>
    public required int Preference { get; init; }

    /// <summary>Gets how many wishes for company it would leave unmet.</summary>
    public required int Unmet { get; init; }

    /// <summary>Gets what it carries without the role.</summary>
    public required long Load { get; init; }

    public NodeName Node => Standing.Node;

    public bool Eligible => WhyNot is null;

    public int CompareTo(Contender? other)
    {
        if (other is null) return 1;
        if (!Eligible || !other.Eligible) return Eligible != other.Eligible ? other.Eligible.CompareTo(Eligible) : Node.CompareTo(other.Node);

        var order = other.Standing.IsWell.CompareTo(Standing.IsWell);
        if (order == 0) order = Failures.CompareTo(other.Failures);
        if (order == 0) order = Preference.CompareTo(other.Preference);
        if (order == 0) order = Unmet.CompareTo(other.Unmet);
        if (order == 0) order = Load.CompareTo(other.Load);
        return order != 0 ? order : Node.CompareTo(other.Node);
    }

    /// <param name="rank">1 for the node that would win; whatever it is, it is 0 for one that cannot take the role.</param>
    public Candidate ToCandidate(int rank) => WhyNot is { } why ? new(Node, false, 0, why) : new(Node, true, rank, Place + Unwell);

    /// <summary>One sentence: <c>b is up: preferred owner 1 of 2, load 3</c>.</summary>
    public override string ToString() => WhyNot is { } why ? $"{Node} {why}" : $"{Node} is up: {Place}{Unwell}";

    private string Place
    {
        get
        {
            var preferred = Preference == int.MaxValue
                ? Role.PreferredOwners.IsEmpty ? "no preference" : "not a preferred owner"
                : $"preferred owner {Preference + 1} of {Role.PreferredOwners.Length}";
            var failed = Failures == 0 ? "" : $", failed here {CandidateRanking.Times(Failures)} lately";
            var wishes = Unmet switch { 0 => "", 1 => ", a wish for company unmet", _ => $", {Unmet} wishes for company unmet" };
            return $"{preferred}, load {Load}{wishes}{failed}";
        }
    }

    private string Unwell => Standing switch
    {
        { Problem: { } problem } => $"; it {problem}: only when no other node can take it",
        { Quarantine: { } quarantine } => $"; it is in quarantine until {MaintenanceMode.Instant(quarantine.Until)} because it {quarantine.Reason}: only when no other node can take it",
        _ => "",
    };
}
