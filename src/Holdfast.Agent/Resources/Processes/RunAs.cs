using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Resources.Processes;

/// <summary>As whom, where and with which variables the commands of a resource run: its processes, scripts and command probes alike.</summary>
/// <param name="User">The account. Never root unless somebody wrote <c>user: root</c>.</param>
/// <param name="Directory">The working directory; null is <c>/</c>.</param>
/// <param name="Environment">Variables as <c>NAME=value</c>; the leash adds the role, the resource, the epoch and the unit.</param>
public sealed record RunAs(string User, string? Directory, string[] Environment)
{
    /// <summary>Gets the account used when none is named: nobody, or the only one there is when the node does not run as root (<c>holdfast dev</c>).</summary>
    public static string DefaultUser { get; } = System.Environment.IsPrivilegedProcess ? "nobody" : System.Environment.UserName;

    /// <summary>Reads it from a declaration.</summary>
    public static RunAs Of(ResourceSpec resource, NodeName node) => new(
        resource.Text("user") ?? DefaultUser,
        resource.Text("directory"),
        [$"HOLDFAST_NODE={node}", .. resource.Map("environment").Select(variable => $"{variable.Key}={variable.Value}")]);

    internal static PropertyRule[] Rules { get; } =
    [
        new("user", PropertyShape.Text, Required: false, $"The account it runs as. The default is nobody; write root to run as root."),
        new("directory", PropertyShape.Text, Required: false, "The working directory, an absolute path. The default is /."),
        new("environment", PropertyShape.Map, Required: false, "Variables added to a small clean environment; names starting with HOLDFAST_ are reserved."),
        Names.ComputerName.Rule,
    ];

    internal static IEnumerable<SpecProblem> Validate(RoleSpec role, ResourceSpec resource)
    {
        foreach (var problem in ResourceProperties.CheckAbsolutePath(role, resource, "directory")) yield return problem;
        foreach (var problem in Names.ComputerName.Validate(role, resource)) yield return problem;
        foreach (var (name, value) in resource.Map("environment"))
        {
            var path = ResourceProperties.PathOf(role, resource, $"environment.{name}");
            if (name.StartsWith("HOLDFAST_", StringComparison.Ordinal)) yield return new(path, "names starting with HOLDFAST_ are reserved; choose another name.");
            else if (!IsVariableName(name)) yield return new(path, $"'{name}' is not a variable name; use letters, digits and '_', not starting with a digit.");
            if (value.Contains('\0', StringComparison.Ordinal)) yield return new(path, "contains a NUL character, which no variable can hold.");
        }
    }

    private static bool IsVariableName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
}
