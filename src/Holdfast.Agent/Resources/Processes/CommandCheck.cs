using Holdfast.Agent.Resources.Disks;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Resources.Processes;

/// <summary>Checks on a node that the commands of a resource could run there: the account, the folder, the programs.</summary>
internal static class CommandCheck
{
    private static readonly string[] SearchPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>Returns the program's full path as the leash will find it, or null.</summary>
    public static string? FindProgram(string program) =>
        program.StartsWith('/') ? (File.Exists(program) ? program : null)
        : program.Contains('/', StringComparison.Ordinal) ? null
        : SearchPath.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Checks that the account of a resource could run the commands of its probes.</summary>
    public static IEnumerable<SpecProblem> Probes(RoleSpec role, ResourceSpec resource, NodeName node)
    {
        if (Account.Find(RunAs.Of(resource, node).User) is not { } account) yield break;
        foreach (var (index, probe) in resource.Probes.Index())
        {
            if (probe.Command is not [var program, ..] || OwnDisks(role).Any(disk => RoleDisks.IsWithin(program, disk))) continue;
            var path = ResourceProperties.PathOf(role, resource, $"probes[{index}].command");
            if (FindProgram(program) is not { } found) yield return new(path, $"there is no program '{program}' on node {node}.");
            else if (FileAccess.WhyNotExecutable(found, account) is { } reason) yield return new(path, $"{found} {reason} on node {node}.");
        }
    }

    public static IEnumerable<SpecProblem> Run(RoleSpec role, ResourceSpec resource, NodeName node, params string[] commandProperties)
    {
        var runAs = RunAs.Of(resource, node);
        var account = Account.Find(runAs.User);
        if (account is null)
        {
            yield return new(ResourceProperties.PathOf(role, resource, "user"), $"node {node} has no account '{runAs.User}'; create it there or name another.");
            yield break;
        }

        if (!Environment.IsPrivilegedProcess && account.Name != Environment.UserName)
            yield return new(ResourceProperties.PathOf(role, resource, "user"), $"the agent on node {node} is not root and cannot run anything as '{runAs.User}'.");

        // What lies on a disk of the role itself is not there while the role is elsewhere: nothing can be said about it now.
        var mounts = OwnDisks(role);
        bool IsOnOwnDisk(string path) => mounts.Any(mount => RoleDisks.IsWithin(path, mount));

        if (runAs.Directory is { } directory && !IsOnOwnDisk(directory) && FileAccess.WhyNotEnterable(directory, account) is { } unusable)
            yield return new(ResourceProperties.PathOf(role, resource, "directory"), $"{directory} {unusable} on node {node}.");

        foreach (var property in commandProperties)
        {
            if (resource.List(property) is not [var program, ..] || IsOnOwnDisk(program)) continue;

            if (FindProgram(program) is not { } path)
                yield return new(ResourceProperties.PathOf(role, resource, property), $"there is no program '{program}' on node {node}.");
            else if (FileAccess.WhyNotExecutable(path, account) is { } reason)
                yield return new(ResourceProperties.PathOf(role, resource, property), $"{path} {reason} on node {node}.");
        }
    }

    private static string[] OwnDisks(RoleSpec role) => [.. role.Resources.Select(RoleDisks.FolderOf).OfType<string>()];
}
