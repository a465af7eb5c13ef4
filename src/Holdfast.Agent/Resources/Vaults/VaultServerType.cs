using System.Globalization;
using System.Net;
using Holdfast.Agent.Resources.Disks;
using Holdfast.Agent.Resources.Names;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Resources.Vaults;

/// <summary>
/// <c>vault-server</c>: the vaults on the role's disk for restic and Holdfast, by <c>holdfast vault-server</c> as a process of the role, on the role's
/// addresses only: where the role goes, clients find their backups under one name.
/// </summary>
internal sealed class VaultServerType : IResourceType
{
    public const string TypeName = "vault-server";
    private const int DefaultPort = 8000;
    private const string Units = "KMGT";

    public string Name => TypeName;

    public IReadOnlyList<PropertyRule> Properties { get; } =
    [
        new("path", PropertyShape.Text, Required: true, "The folder below which the vaults are, on a disk of the role that this depends on. The account must be able to write there."),
        new("port", PropertyShape.Text, Required: false, "The TCP port on the addresses that this depends on. The default is 8000."),
        new("append-only", PropertyShape.Text, Required: false, "Whether nothing but locks can be removed, so that who breaks into a client cannot delete its backups: yes or no (the default)."),
        new("quota", PropertyShape.Text, Required: false, "How much all vaults together may take, such as 500G or 2T. The default is what fits the disk."),
        new("tls-cert", PropertyShape.Text, Required: false, "The server's certificate and those that sign it, a PEM file on the role's disk or on every node. The default is to speak without TLS."),
        new("tls-key", PropertyShape.Text, Required: false, "The certificate's key, a PEM file. The default is the same file."),
        new("users", PropertyShape.Text, Required: false, "The file of users (holdfast vault-server user). Without it, everybody may use all vaults."),
        .. RunAs.Rules,
    ];

    public IEnumerable<SpecProblem> Validate(RoleSpec role, ResourceSpec resource)
    {
        string At(string property) => ResourceProperties.PathOf(role, resource, property);
        foreach (var problem in RunAs.Validate(role, resource)) yield return problem;
        foreach (var problem in ResourceProperties.CheckChoice(role, resource, "append-only", "yes", "no")) yield return problem;
        foreach (var problem in ResourceProperties.CheckPort(role, resource)) yield return problem;
        foreach (var property in (string[])["path", "tls-cert", "tls-key", "users"])
        {
            foreach (var problem in ResourceProperties.CheckAbsolutePath(role, resource, property)) yield return problem;
        }

        if (resource.Text("path") is not { } path) yield return new(At("path"), "is empty; give the folder of the vaults.");
        else if (path.StartsWith('/') && RoleDisks.Find(role, resource, path) is null) yield return new(At("path"), $"{path} is on no disk of this role that it depends on; it would not be on the next node.");
        if (resource.Text("quota") is { } quota && !IsSize(quota)) yield return new(At("quota"), $"'{quota}' is not a size such as 500G.");
        if (resource.Text("tls-key") is not null && resource.Text("tls-cert") is null) yield return new(At("tls-key"), "is given without tls-cert.");
        if (NetworkNameType.AddressesOf(role, resource).Count == 0) yield return new(At("depends-on"), "names no ip-address of this role; a vault server needs an address that clients find it at.");
    }

    public Task<IReadOnlyList<SpecProblem>> CheckOnNodeAsync(RoleSpec role, ResourceSpec resource, NodeCheckContext context, CancellationToken cancellationToken)
    {
        List<SpecProblem> problems = [.. CommandCheck.Run(role, resource, context.Node)];
        foreach (var property in (string[])["tls-cert", "tls-key", "users"])
        {
            if (resource.Text(property) is { } file && RoleDisks.Find(role, resource, file) is null && !File.Exists(file))
                problems.Add(new(ResourceProperties.PathOf(role, resource, property), $"there is no file {file} on node {context.Node}; put it there, or on the role's disk."));
        }

        return Task.FromResult<IReadOnlyList<SpecProblem>>(problems);
    }

    public IResource Create(ResourceContext context) =>
        new ProcessResource(context, ResourceDigest.Of(this, context.Resource), () => [Environment.ProcessPath!, .. ArgumentsOf(context.Role, context.Resource)]);

    /// <summary>A vault server that nobody said how to probe is online when it accepts connections.</summary>
    public static ResourceSpec Complete(RoleSpec role, ResourceSpec resource) =>
        resource.Type != TypeName || !resource.Probes.IsEmpty || PlacesOf(role, resource) is not [var place, ..] ? resource
            : resource with { Probes = [new ProbeSpec { Kind = ProbeKind.Tcp, Target = place.ToString() }] };

    /// <summary>Where it listens.</summary>
    public static IReadOnlyList<IPEndPoint> PlacesOf(RoleSpec role, ResourceSpec resource) =>
        [.. NetworkNameType.AddressesOf(role, resource).Select(address => new IPEndPoint(address, resource.Port() ?? DefaultPort))];

    /// <summary>The arguments of <c>holdfast</c>.</summary>
    public static string[] ArgumentsOf(RoleSpec role, ResourceSpec resource)
    {
        string[] Option(string name, string? value) => value is null ? [] : [name, value];
        return
        [
            "vault-server", "--data", resource.RequiredText("path"),
            .. PlacesOf(role, resource).SelectMany(place => Option("--listen", place.ToString())),
            .. resource.Text("append-only") is "yes" ? (string[])["--append-only"] : [],
            .. Option("--quota", resource.Text("quota")),
            .. Option("--tls-cert", resource.Text("tls-cert")),
            .. Option("--tls-key", resource.Text("tls-key")),
            .. Option("--users", resource.Text("users")),
        ];
    }

    // As --quota reads it.
    private static bool IsSize(string text)
    {
        var number = text is [.., 'b' or 'B'] ? text[..^1] : text;
        var unit = number.Length == 0 ? -1 : Units.IndexOf(char.ToUpperInvariant(number[^1]), StringComparison.Ordinal);
        return long.TryParse(unit < 0 ? number : number[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 && count <= long.MaxValue >> (10 * (unit + 1));
    }
}
