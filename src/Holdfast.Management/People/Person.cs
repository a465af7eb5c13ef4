using Holdfast.Agent.Access;
using Holdfast.Cluster.Access;

namespace Holdfast.Management.People;

/// <summary>Who asks.</summary>
/// <param name="Name">As the audit shows it: <c>anna</c>, <c>token backup-check</c>, <c>user root</c>.</param>
/// <param name="Level">What they may do.</param>
/// <param name="Address">Where from.</param>
/// <param name="Session">Of a session: what changes have to repeat; null for tokens and the socket.</param>
internal sealed record Person(string Name, AccessLevel Level, string Address, SessionRecord? Session = null)
{
    /// <summary>Gets the person as the node API is told.</summary>
    public string Caller => CallerText.Write(Level, Address, Name);

    /// <summary>What the audit says of a deed.</summary>
    /// <param name="what">The end of a sentence that begins with who did it.</param>
    public string Did(string what) => $"{Name} from {Address}: {what}: done.";
}
