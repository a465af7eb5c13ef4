namespace Holdfast.Management.Policies;

/// <summary>What a policy may mean and nobody can say, because whoever has it did not tell: a machine that is away since before the service came here. Its jobs stay as they are.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">The name, or a pattern.</param>
/// <param name="Node">The machine; null for shared volumes.</param>
public sealed record UntoldThing(ThingKind Kind, string Name, string? Node)
{
    /// <summary>Whether a thing may be it.</summary>
    /// <param name="key">As <see cref="ProtectedThing.Key"/> has it.</param>
    public bool Covers(string key)
    {
        var (begin, end) = ($"{ProtectedThing.KindWord(Kind)}:", Node is null ? "" : $"@{Node}");
        return key.Length >= begin.Length + end.Length && key.StartsWith(begin, StringComparison.Ordinal) && key.EndsWith(end, StringComparison.Ordinal) && Pattern.Matches(Name, key[begin.Length..^end.Length]);
    }
}
