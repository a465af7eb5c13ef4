using System.Collections.Immutable;

namespace Holdfast.Management.Policies;

/// <summary>One thing that a policy came to protect.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="Node">The machine that it is bound to: nobody else can back it up. Null when any can, or its role's owner.</param>
/// <param name="Role">The role that it follows.</param>
/// <param name="Paths">What is read.</param>
/// <param name="Exclude">What of it is not.</param>
/// <param name="Server">How to reach a database.</param>
public sealed record ProtectedThing(ThingKind Kind, string Name, string? Node, string? Role, ImmutableArray<string> Paths, ImmutableArray<string> Exclude, DatabaseServer? Server = null)
{
    /// <summary>Gets what tells it from every other thing, whichever policy protects it: <c>tree:/srv@a</c>.</summary>
    public string Key => $"{KindWord(Kind)}:{Name}{(Node is not null ? $"@{Node}" : Role is not null && Kind is ThingKind.Tree or ThingKind.Database ? $"@role/{Role}" : "")}";

    /// <summary>The word for a kind, as in the API.</summary>
    public static string KindWord(ThingKind kind) => kind == ThingKind.SharedVolume ? "shared-volume" : kind.ToString().ToLowerInvariant();
}
