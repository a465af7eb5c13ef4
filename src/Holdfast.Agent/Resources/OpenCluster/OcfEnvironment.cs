using System.Globalization;

namespace Holdfast.Agent.Resources.OpenCluster;

/// <summary>The variables that an agent is run with (OCF resource agent API 1.0, and what resource-agents adds to it).</summary>
internal static class OcfEnvironment
{
    /// <summary>Gets what every run has.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Common { get; } =
    [
        new("OCF_ROOT", OcfAgent.Root), new("OCF_RA_VERSION_MAJOR", "1"), new("OCF_RA_VERSION_MINOR", "0"), new("OCF_CHECK_LEVEL", "0"),
        new("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), new("LANG", "C.UTF-8"), new("HA_LOGD", "no"),
    ];

    /// <summary>The variables of one action, as <c>NAME=value</c>.</summary>
    /// <param name="interval">How often it is run; zero for once, which tells a probe from a check.</param>
    public static string[] Of(ResourceContext context, OcfAgent agent, TimeSpan timeout, TimeSpan interval) =>
    [
        .. Common.Select(variable => $"{variable.Key}={variable.Value}"),
        .. Parameters(context),
        $"OCF_RESOURCE_INSTANCE={context.Role.Name}_{context.Resource.Name}",
        $"OCF_RESOURCE_PROVIDER={agent.Provider}",
        $"OCF_RESOURCE_TYPE={agent.Name}",
        $"OCF_RESKEY_CRM_meta_on_node={context.Node}",
        string.Create(CultureInfo.InvariantCulture, $"OCF_RESKEY_CRM_meta_timeout={timeout.TotalMilliseconds:0}"),
        string.Create(CultureInfo.InvariantCulture, $"OCF_RESKEY_CRM_meta_interval={interval.TotalMilliseconds:0}"),
        $"HOLDFAST_NODE={context.Node}",
    ];

    private static IEnumerable<string> Parameters(ResourceContext context) => context.Resource.Map("parameters").Select(parameter => $"OCF_RESKEY_{parameter.Key}={parameter.Value}");
}
