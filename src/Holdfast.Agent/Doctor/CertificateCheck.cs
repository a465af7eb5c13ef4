using System.Security.Cryptography;
using Holdfast.Agent.Api;

namespace Holdfast.Agent.Doctor;

/// <summary>How long the certificates are good for, and whether this node's is the one on record.</summary>
internal sealed class CertificateCheck : ICheck
{
    private const string Name = "certificates";
    private static readonly TimeSpan Soon = TimeSpan.FromDays(60);
    private static readonly TimeSpan VerySoon = TimeSpan.FromDays(7);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Finding>> LookAsync(CheckContext context, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Finding>>([.. Look(context)]);

    private static IEnumerable<Finding> Look(CheckContext context)
    {
        if (context.Runtime.Keys is not { } keys) yield break;
        using var own = keys.LoadCertificate();
        using var authority = keys.LoadAuthority();
        yield return OfTerm(context, "This node's certificate", own.NotAfter, $"holdfast node renew-certificate {context.Runtime.Node}");
        yield return OfTerm(context, "The cluster's authority", authority.NotAfter, "Plan a new cluster: the authority cannot be replaced yet.");
        if (context.Runtime.Feed.Current is { } state && state.View.Nodes.TryGetValue(context.Runtime.Node, out var record) && !record.Value.IsCertificate(own.GetCertHashString(HashAlgorithmName.SHA256)))
            yield return context.Problem(Name, "This node's certificate is not the one on record: no other node answers it.", "Evict this node on another one, and join it again.");
    }

    private static Finding OfTerm(CheckContext context, string whose, DateTime until, string todo)
    {
        var left = until.ToUniversalTime() - context.Time.GetUtcNow();
        var figures = $"{whose} is good until {until.ToUniversalTime():yyyy-MM-dd}";
        return left < VerySoon ? context.Problem(Name, $"{figures}.", todo) : left < Soon ? context.Warning(Name, $"{figures}.", todo) : context.Ok(Name, $"{figures}.");
    }
}
