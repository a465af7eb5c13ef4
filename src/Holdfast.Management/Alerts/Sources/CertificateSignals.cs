using System.Collections.Immutable;
using Holdfast.Agent.Api;
using Holdfast.Management.Compliance;

namespace Holdfast.Management.Alerts.Sources;

/// <summary>When certificates run out: source <c>certificates/NODE</c>, one for each node. What a node told last still counts while it is away, for its certificates run out all the same.</summary>
public static class CertificateSignals
{
    /// <summary>How the names of these sources begin.</summary>
    public const string Prefix = "certificates/";

    /// <summary>All certificates on a node. Rules compare the time that is left; here is none too long to be said.</summary>
    /// <param name="withAuthority">Whether the cluster's authority, which is the same on every node, is told by this one.</param>
    public static ImmutableArray<AlertSignal> Of(string node, IEnumerable<CertificateInfo> certificates, bool withAuthority, DateTimeOffset now) =>
        [.. certificates.Where(certificate => withAuthority || certificate.Kind != "authority").Select(certificate => Signal(node, certificate, now))];

    private static AlertSignal Signal(string node, CertificateInfo certificate, DateTimeOffset now)
    {
        var (what, because, hint) = certificate.Kind switch
        {
            "authority" => ("The certificate of the cluster's authority", "Every node's certificate is worth nothing without it, and nothing renews it by itself.", "Plan a new cluster and move to it: the authority cannot be replaced yet."),
            "door" => ($"The certificate that {node} shows to browsers", "An administrator put it there, as door.pem, and nothing renews it by itself.", $"Put a new one in its place on {node}: it is taken without a restart."),
            _ => ($"The certificate of node {node}", certificate.Trouble is { } trouble ? $"It could not be renewed by itself: {trouble.TrimEnd('.')}." : "A node renews its certificate by itself when a third of its life is left, while it holds its lease; this one has not.",
                $"Bring {node} up, then: 'holdfast node renew-certificate {node}'; 'holdfast doctor' on it says what is in the way."),
        };
        var left = certificate.Expires - now;
        return new AlertSignal
        {
            Trigger = AlertTrigger.CertificateExpiring, Subject = certificate.Kind == "authority" ? "certificate:authority" : $"certificate:{node}/{certificate.Kind}",
            Related = certificate.Kind == "authority" ? ["cluster"] : [$"node:{node}"], Value = left.TotalSeconds,
            Sentence = left > TimeSpan.Zero ? $"{what} runs out in {Words.Span(left)}, at {Words.Time(certificate.Expires)}." : $"{what} ran out at {Words.Time(certificate.Expires)}.", Because = because, Hint = hint,
        };
    }
}
