using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Resources.OpenCluster;

/// <summary>
/// What an agent does outside of its processes, and so what the leash must be able to take back without it when the lease ends.
/// Addresses and mounts the leash takes back itself, within milliseconds; anything else by the agent's own <c>stop</c>, which may take longer
/// than the other nodes wait, and is then a reason to reset the machine.
/// </summary>
internal static class OcfEffects
{
    public const string None = "none", Address = "address", Mount = "mount", Stop = "stop";

    public static readonly string[] All = [None, Address, Mount, Stop];

    /// <summary>The parameter that names the address or the folder, of agents that are known to have that effect.</summary>
    private static readonly Dictionary<string, (string Effect, string Parameter)> WithParameter = new(StringComparer.Ordinal)
    {
        ["IPaddr2"] = (Address, "ip"), ["IPaddr"] = (Address, "ip"), ["IPv6addr"] = (Address, "ipv6addr"), ["Filesystem"] = (Mount, "directory"),
    };

    /// <summary>Agents of resource-agents that only run processes. A file that they leave behind does nothing.</summary>
    private static readonly HashSet<string> ProcessesOnly = new(StringComparer.Ordinal)
    {
        "Dummy", "Delay", "anything", "apache", "asterisk", "clamd", "dhcpd", "dnsupdate", "dovecot", "galera", "garbd", "jboss", "jenkins", "kamailio", "mariadb", "mpathpersist", "mysql",
        "mysql-proxy", "nagios", "named", "nginx", "openldap", "oralsnr", "pgagent", "pgbouncer", "pgsql", "postfix", "pound", "proftpd", "pureftpd", "rabbitmq-server", "redis", "rsyncd", "rsyslog",
        "slapd", "SphinxSearchDaemon", "Squid", "symlink", "syslog-ng", "tomcat", "varnish", "vsftpd", "Xinetd", "zabbixserver",
    };

    /// <summary>What is declared, or what is known of the agent; the agent's own stop when nothing is.</summary>
    public static string Of(ResourceSpec resource, OcfAgent agent) =>
        resource.Text("outside") ?? (agent.Provider != "heartbeat" ? Stop : WithParameter.TryGetValue(agent.Name, out var known) ? known.Effect : ProcessesOnly.Contains(agent.Name) ? None : Stop);

    /// <summary>The parameter that says what is to be taken back; null when the effect needs none.</summary>
    public static string? ParameterOf(ResourceSpec resource, OcfAgent agent) => Of(resource, agent) switch
    {
        Address => WithParameter.TryGetValue(agent.Name, out var known) && known.Effect == Address ? known.Parameter : "ip",
        Mount => WithParameter.TryGetValue(agent.Name, out var known) && known.Effect == Mount ? known.Parameter : "directory",
        _ => null,
    };

    /// <summary>Its value, without a prefix length.</summary>
    public static string? ValueOf(ResourceSpec resource, OcfAgent agent) =>
        ParameterOf(resource, agent) is { } parameter && resource.Map("parameters").TryGetValue(parameter, out var value) ? value.Split('/') is [var address, _] && Of(resource, agent) == Address ? address : value : null;

    /// <summary>Whether, after an owner was lost, its kernel might still write to what the agent mounted (leases rule 15).</summary>
    public static bool NeedsConfirmedEnd(ResourceSpec resource) =>
        resource.Type == OcfResourceType.TypeName && resource.Text("agent") is { } name && OcfAgent.TryParse(name) is { } agent && Of(resource, agent) is Mount && resource.Text("fence") is not "lease"
        && resource.Map("parameters").GetValueOrDefault("fstype") is not ("nfs" or "nfs4" or "cifs" or "smbfs" or "tmpfs" or "none");

    /// <summary>How the leash takes it back.</summary>
    public static string[] Revocations(ResourceContext context, OcfAgent agent, TimeSpan stopLimit) => Of(context.Resource, agent) switch
    {
        Address => [Holdfast.Leash.Protocol.Revocations.Address(ValueOf(context.Resource, agent)!)],
        Mount => [Holdfast.Leash.Protocol.Revocations.Mount(ValueOf(context.Resource, agent)!)],
        Stop => [Holdfast.Leash.Protocol.Revocations.Command(stopLimit, OcfResource.CommandOf(agent, "stop", OcfEnvironment.Of(context, agent, stopLimit, TimeSpan.Zero)))],
        _ => [],
    };
}
