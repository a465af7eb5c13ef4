using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Declarations;

/// <summary>The keys that a probe has in declarations; exactly one of the kinds is given.</summary>
internal static class ProbeKeys
{
    public static readonly string[] Kinds = ["tcp", "http", "command"];

    /// <summary>The words for a probe that is for one thing only, by the key <c>for</c>.</summary>
    public static string? Of(ProbePurpose purpose) => purpose switch
    {
        ProbePurpose.Liveness => "liveness",
        ProbePurpose.Readiness => "readiness",
        _ => null,
    };

    public static (ProbePurpose Value, string? Complaint) ReadPurpose(string text) => text switch
    {
        "liveness" => (ProbePurpose.Liveness, null),
        "readiness" => (ProbePurpose.Readiness, null),
        "both" => (ProbePurpose.Both, null),
        _ => (default, $"'{text}' is not what a probe can be for; it is liveness, readiness or both."),
    };

    public static string Of(ProbeKind kind) => kind switch
    {
        ProbeKind.Tcp => "tcp",
        ProbeKind.Http => "http",
        _ => "command",
    };
}
