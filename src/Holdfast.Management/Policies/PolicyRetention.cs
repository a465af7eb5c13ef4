using System.Collections.Immutable;

namespace Holdfast.Management.Policies;

/// <summary>Which of a policy's snapshots are kept.</summary>
public sealed record PolicyRetention
{
    /// <summary>Gets the keep rules, as a prune job has them: <c>daily: "7"</c>, <c>within: 30d</c>. Empty keeps everything.</summary>
    public ImmutableSortedDictionary<string, string> Keep { get; init => field = value ?? ImmutableSortedDictionary<string, string>.Empty; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Gets when what the rules let go is removed; null for once a week, in the night to Sunday, each job at another minute.</summary>
    public string? When { get; init; }

    /// <summary>Gets how long what was removed can be brought back, such as <c>7d</c>; null for not at all.</summary>
    public string? Delay { get; init; }
}
