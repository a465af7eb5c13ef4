using System.Text;
using Holdfast.Agent.Resources.Disks;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Resources.Files;

/// <summary><c>files</c>: small configuration that is on the node that has the role, and on no other.</summary>
internal sealed class FilesResourceType : IResourceType
{
    public const string TypeName = "files";

    /// <summary>What one file may hold. It travels in the role's declaration, and as one argument of a command.</summary>
    internal const int MostBytes = 64 * 1024;

    private const int MostBytesOfAll = 256 * 1024;

    public string Name => TypeName;

    public IReadOnlyList<PropertyRule> Properties { get; } =
    [
        new("files", PropertyShape.Map, Required: true, "The contents by absolute path, at most 64 KiB each and 256 KiB together. They are removed when the role leaves the node; a change restarts what depends on them."),
        new("owner", PropertyShape.Text, Required: false, "The account that owns them. The default is root."),
        new("mode", PropertyShape.Text, Required: false, "Their permissions in octal. The default is 0644."),
    ];

    public IEnumerable<SpecProblem> Validate(RoleSpec role, ResourceSpec resource)
    {
        var files = resource.Map("files");
        var path = ResourceProperties.PathOf(role, resource, "files");
        if (files.IsEmpty) yield return new(path, "is empty; give at least one path with its contents.");
        foreach (var (file, content) in files)
        {
            if (!IsPlainPath(file)) yield return new($"{path}.{file}", $"'{file}' is not the absolute path of a file, without '.', '..' and doubled slashes.");
            if (Encoding.UTF8.GetByteCount(content) is > MostBytes and var bytes) yield return new($"{path}.{file}", $"has {bytes} bytes; a file of configuration has at most {MostBytes}. Put larger data on a disk.");
            if (content.Contains('\0', StringComparison.Ordinal)) yield return new($"{path}.{file}", "contains a NUL character; only texts can be given.");
            if (role.Resources.Any(other => other != resource && other.Type == Name && other.Map("files").ContainsKey(file))) yield return new($"{path}.{file}", "is given by another resource of this role too.");
        }

        if (files.Values.Sum(Encoding.UTF8.GetByteCount) is > MostBytesOfAll and var all) yield return new(path, $"has {all} bytes together; at most {MostBytesOfAll} are allowed.");
        if (resource.Text("mode") is { } mode && !IsMode(mode)) yield return new(ResourceProperties.PathOf(role, resource, "mode"), $"'{mode}' is not a mode in octal from 0000 to 0777, such as 0640.");
    }

    public Task<IReadOnlyList<SpecProblem>> CheckOnNodeAsync(RoleSpec role, ResourceSpec resource, NodeCheckContext context, CancellationToken cancellationToken)
    {
        var problems = new List<SpecProblem>();
        if (resource.Text("owner") is { } owner && Account.Find(owner) is null)
            problems.Add(new(ResourceProperties.PathOf(role, resource, "owner"), $"node {context.Node} has no account '{owner}'; create it there or name another."));

        var known = (context.Present?.Resources ?? []).Where(present => present.Type == Name).SelectMany(present => present.Map("files").Keys).ToHashSet(StringComparer.Ordinal);
        var disks = role.Resources.Where(other => other.Type == DiskResourceType.TypeName).Select(disk => disk.Text("target")).OfType<string>().ToArray();
        foreach (var file in resource.Map("files").Keys)
        {
            if (disks.Any(disk => file.StartsWith(disk.TrimEnd('/') + "/", StringComparison.Ordinal))) continue;
            var path = $"{ResourceProperties.PathOf(role, resource, "files")}.{file}";
            if (Directory.Exists(file)) problems.Add(new(path, $"{file} is a folder on node {context.Node}."));
            else if (!known.Contains(file) && Path.Exists(file)) problems.Add(new(path, $"{file} exists on node {context.Node}, and no role put it there; remove it or give another path."));
            else if (!Directory.Exists(Path.GetDirectoryName(file))) problems.Add(new(path, $"node {context.Node} has no folder {Path.GetDirectoryName(file)}; create it there."));
        }

        return Task.FromResult<IReadOnlyList<SpecProblem>>(problems);
    }

    public IResource Create(ResourceContext context) => new FilesResource(context, ResourceDigest.Of(this, context.Resource));

    private static bool IsPlainPath(string path) =>
        path.StartsWith('/') && !path.EndsWith('/') && !path.Any(char.IsControl) && path[1..].Split('/').All(part => part is not ("" or "." or ".."));

    private static bool IsMode(string mode) => mode.Length is 3 or 4 && mode.All(digit => digit is >= '0' and <= '7') && (mode.Length == 3 || mode[0] == '0');
}
