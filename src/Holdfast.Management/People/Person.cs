using System.Collections.Immutable;
using Holdfast.Agent.Access;
using Holdfast.Agent.Api;
using Holdfast.Cluster.Access;

namespace Holdfast.Management.People;

/// <summary>Who asks.</summary>
/// <param name="Name">As the audit shows it: <c>anna</c>, <c>token backup-check</c>, <c>user root</c>.</param>
/// <param name="Level">What they may do.</param>
/// <param name="Address">Where from.</param>
/// <param name="Session">Of a session: what changes have to repeat; null for tokens and the socket.</param>
/// <param name="Behind">Of a token: for whom it speaks; null for people.</param>
internal sealed record Person(string Name, AccessLevel Level, string Address, SessionRecord? Session = null, string? Behind = null)
{
    /// <summary>Gets the areas of the API that it is limited to, as a token can be; empty for all.</summary>
    public ImmutableArray<string> Areas { get; init; } = [];

    /// <summary>Gets who it is, whichever way they came: nobody is a second person to themselves.</summary>
    public string Principal => Behind ?? Name;

    /// <summary>Gets whether somebody is there who can look at what they agree to: no program, and no node.</summary>
    public bool HasEyes => Behind is null && !Name.StartsWith("node ", StringComparison.Ordinal) && !Name.StartsWith("token ", StringComparison.Ordinal);

    /// <summary>Gets the person as the node API is told.</summary>
    public string Caller => CallerText.Write(Level, Address, Name);

    /// <summary>What the audit says of a deed.</summary>
    /// <param name="what">The end of a sentence that begins with who did it.</param>
    public DocumentAudit Did(string what) => new(Name, Address, what);
}
