using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Declarations;

/// <summary>The keys that a probe has in declarations; exactly one of the kinds is given.</summary>
internal static class ProbeKeys
{
    public static readonly string[] Kinds = ["tcp", "http", "command"];

    public static string Of(ProbeKind kind) => kind switch
    {
        ProbeKind.Tcp => "tcp",
        ProbeKind.Http => "http",
        _ => "command",
    };
}
