using Holdfast.Cli.Client;

namespace Holdfast.Cli.Consoles;

/// <summary>The management service's API in the command line's words: through the agent, which says to the service who asks.</summary>
internal static class ManagementApi
{
    private const string Base = NodeApi.Service;

    public const string People = Base + "/people";

    public const string Settings = Base + "/settings";

    public const string Approvals = Base + "/approvals";

    public const string TestDatabase = Base + "/database/test";

    public static string Person(string name) => $"{People}/{Uri.EscapeDataString(name)}";

    public static string Approval(string id) => $"{Approvals}/{Uri.EscapeDataString(id)}";
}
