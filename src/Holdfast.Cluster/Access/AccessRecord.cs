using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Holdfast.Cluster.Access;

/// <summary>What one subject may do.</summary>
/// <param name="Subject"><c>user:NAME</c> or <c>group:NAME</c> of a node's local socket, or <c>certificate:SHA256</c> of a client certificate.</param>
/// <param name="Level">The level.</param>
/// <param name="Label">What people call it, for a certificate.</param>
public sealed record AccessGrant(string Subject, AccessLevel Level, string? Label = null);

/// <summary>Who may do what, beside root on a node and the nodes themselves: key <c>settings/access</c>.</summary>
public sealed partial record AccessRecord
{
    /// <summary>Nobody but root.</summary>
    public static AccessRecord Empty { get; } = new();

    /// <summary>Gets the grants, one for each subject, by subject.</summary>
    public ImmutableArray<AccessGrant> Grants { get; init; } = [];

    /// <summary>The highest level that any of a caller's subjects has.</summary>
    public AccessLevel LevelOf(params IEnumerable<string> subjects) => subjects.Select(Find).Max(grant => grant?.Level) ?? AccessLevel.None;

    /// <summary>The grant of a subject.</summary>
    public AccessGrant? Find(string subject) => Grants.FirstOrDefault(grant => grant.Subject == subject);

    /// <summary>The record with another grant, in place of the subject's present one.</summary>
    /// <exception cref="HoldfastException">Codes <c>access.subject</c>, <c>access.level</c>.</exception>
    public AccessRecord With(AccessGrant grant)
    {
        if (!Shape().IsMatch(grant.Subject))
            throw new HoldfastException(ErrorKind.Invalid, "access.subject", $"'{grant.Subject}' is nobody that access can be granted to.", "Use user:NAME, group:NAME or certificate:SHA256.");
        if (grant.Level == AccessLevel.None) throw new HoldfastException(ErrorKind.Invalid, "access.level", "A grant of nothing is no grant.", "Use viewer, operator or admin; 'holdfast access revoke' takes a grant back.");
        return this with { Grants = [.. Grants.Where(known => known.Subject != grant.Subject).Append(grant).OrderBy(known => known.Subject, StringComparer.Ordinal)] };
    }

    /// <summary>The record without a subject's grant.</summary>
    /// <exception cref="HoldfastException">Code <c>access.not-found</c>.</exception>
    public AccessRecord Without(string subject) => Find(subject) is { } grant ? this with { Grants = Grants.Remove(grant) }
        : throw new HoldfastException(ErrorKind.NotFound, "access.not-found", $"Nothing is granted to '{subject}'.", "'holdfast access list' shows what is.");

    /// <inheritdoc/>
    public bool Equals(AccessRecord? other) => other is not null && Grants.SequenceEqual(other.Grants);

    /// <inheritdoc/>
    public override int GetHashCode() => Grants.Length;

    [GeneratedRegex(@"^((user|group):[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,62}\$?|certificate:[0-9A-F]{64})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
