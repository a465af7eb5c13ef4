using System.Text.RegularExpressions;

namespace Holdfast.Agent.Resources.OpenCluster;

/// <summary>An agent of the Open Cluster Framework, by its name: <c>ocf:PROVIDER:NAME</c>.</summary>
/// <param name="Provider">The folder of whoever made it, such as <c>heartbeat</c>.</param>
/// <param name="Name">The agent, such as <c>IPaddr2</c>.</param>
internal sealed partial record OcfAgent(string Provider, string Name)
{
    /// <summary>Where resource-agents has its library and its agents.</summary>
    public const string Root = "/usr/lib/ocf";

    public string Path => $"{Root}/resource.d/{Provider}/{Name}";

    /// <summary>Reads <c>ocf:heartbeat:IPaddr2</c>; null when it is not of that form.</summary>
    public static OcfAgent? TryParse(string text) => Form().Match(text) is { Success: true } match ? new(match.Groups[1].Value, match.Groups[2].Value) : null;

    public override string ToString() => $"ocf:{Provider}:{Name}";

    // No dots at the start: neither .. nor the libraries that agents hide so.
    [GeneratedRegex(@"^ocf:([A-Za-z0-9_-][A-Za-z0-9_.-]*):([A-Za-z0-9_-][A-Za-z0-9_.-]*)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
