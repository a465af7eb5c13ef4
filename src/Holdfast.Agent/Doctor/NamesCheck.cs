using Holdfast.Agent.Api;
using Holdfast.Agent.Resources;
using Holdfast.Agent.Resources.Names;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Doctor;

/// <summary>
/// Whether a service whose role has a network name answers under the name of its node: what it tells its clients (banners, links, certificates that it makes
/// out for itself) is then wrong after the next move. Judged by what its main process sees as the name of its machine.
/// </summary>
internal sealed class NamesCheck : ICheck
{
    private const string Name = "names";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> LookAsync(CheckContext context, CancellationToken cancellationToken)
    {
        if (context.Runtime.Feed.Current is not { } state) return [];
        var held = (await context.Runtime.Leash.GetStateAsync(cancellationToken)).Units.Where(unit => unit.ProcessId > 0).ToDictionary(unit => unit.Unit, unit => unit.ProcessId);
        List<Finding> findings = [];
        foreach (var role in state.View.Roles.Values.Select(role => role.Value))
        {
            foreach (var resource in role.Resources.Where(resource => CouldUseName(role, resource)))
            {
                if (held.TryGetValue($"{role.Name}/{resource.Name}", out var process) && SeesNodeName(process)) findings.Add(OfNodeName(context, role, resource));
            }
        }

        return findings.Count > 0 ? findings : [context.Ok(Name, "No service here answers under the node's name instead of its role's.")];
    }

    /// <summary>Whether it stands on one network name, could take it for its machine's, and nobody has said whether it shall.</summary>
    internal static bool CouldUseName(RoleSpec role, ResourceSpec resource) =>
        resource.Text(ComputerName.Rule.Name) is null && ResourceTypes.TryFind(resource.Type, out var type) && type.Properties.Contains(ComputerName.Rule) && ComputerName.Find(role, resource) is not null;

    private static Finding OfNodeName(CheckContext context, RoleSpec role, ResourceSpec resource) =>
        context.Warning(Name, $"{role.Name}/{resource.Name} takes {context.Runtime.Node} for the name of its machine and answers under it; clients know it as {ComputerName.Find(role, resource)}.",
            $"'holdfast doctor --repair' sets {ComputerName.Rule.Name} of it to yes, which restarts it once; set it to no if it is meant so.") with { Repair = $"{role.Name}/{resource.Name}" };

    // Namespaces are told apart by the kernel's number for them.
    private static bool SeesNodeName(int process)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{process}/ns/uts", returnFinalTarget: false)?.Name == File.ResolveLinkTarget("/proc/self/ns/uts", returnFinalTarget: false)?.Name;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // It has just ended.
        }
    }
}
