using System.Globalization;
using System.Net;
using Holdfast.Agent.Resources.Disks;
using Holdfast.Agent.Resources.Names;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Resources.Shares;

/// <summary>
/// <c>file-share</c>: a folder of the role's disk for clients of NFS or SMB. Each share has a server of its own, Debian's, that listens on the
/// role's addresses only: so it is a process of the role like any other, and moves and ends with it.
/// </summary>
internal sealed class FileShareType : IResourceType
{
    public const string TypeName = "file-share";
    public const string Nfs = "nfs", Smb = "smb";

    public string Name => TypeName;

    public IReadOnlyList<PropertyRule> Properties { get; } =
    [
        new("protocol", PropertyShape.Text, Required: true, "How clients reach it: nfs (version 4, by NFS-Ganesha) or smb (versions 2 and 3, by Samba)."),
        new("path", PropertyShape.Text, Required: true, "The folder, on a disk of the role that this depends on."),
        new("share", PropertyShape.Text, Required: false, "The name that clients use. The default is the resource's name."),
        new("port", PropertyShape.Text, Required: false, "The TCP port on the addresses that this depends on. The default is 2049 for nfs and 445 for smb."),
        new("read-only", PropertyShape.Text, Required: false, "Whether clients may only read: yes or no (the default)."),
        new("clients", PropertyShape.List, Required: false, "For nfs, required: the addresses and networks that may use it, such as 10.0.0.0/24; * is everybody. Root of a client is nobody here."),
        new("users", PropertyShape.List, Required: false, "For smb: the accounts that may use it; each needs a password: smbpasswd -c STATE/smb.conf -a ACCOUNT on the node that has the role. Without any, everybody may, as nobody."),
        new("state", PropertyShape.Text, Required: false, "The folder for what the server must remember (who had what open, passwords), on the same disk. The default is .holdfast-share/NAME at the top of the disk."),
    ];

    public IEnumerable<SpecProblem> Validate(RoleSpec role, ResourceSpec resource)
    {
        string At(string property) => ResourceProperties.PathOf(role, resource, property);
        foreach (var problem in ResourceProperties.CheckChoice(role, resource, "protocol", Nfs, Smb)) yield return problem;
        foreach (var problem in ResourceProperties.CheckChoice(role, resource, "read-only", "yes", "no")) yield return problem;
        if (resource.Text("path") is null) yield return new(At("path"), "is empty; give the folder to share.");
        foreach (var property in (string[])["path", "state"])
        {
            foreach (var problem in ResourceProperties.CheckAbsolutePath(role, resource, property)) yield return problem;
            if (resource.Text(property) is { } path && !path.All(IsPlain)) yield return new(At(property), $"'{path}' has a character that cannot stand in a server's configuration; use letters, digits and / . _ - space.");
            else if (resource.Text(property) is { } folder && folder.StartsWith('/') && RoleDisks.Find(role, resource, folder) is null) yield return new(At(property), $"{folder} is on no disk of this role that it depends on; it would not be on the next node.");
        }

        if (resource.Text("share") is { } share && !(share.Length <= 80 && share.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-'))) yield return new(At("share"), $"'{share}' is not a name for a share; use at most 80 letters, digits, '_' and '-'.");
        foreach (var problem in ResourceProperties.CheckPort(role, resource)) yield return problem;
        if (NetworkNameType.AddressesOf(role, resource).Count == 0) yield return new(At("depends-on"), "names no ip-address of this role; a share needs an address that clients find it at.");
        if (resource.Text("protocol") is Nfs)
        {
            if (resource.List("clients").IsEmpty) yield return new(At("clients"), "is missing; name the addresses or networks that may use it, or * for everybody.");
            foreach (var client in resource.List("clients").Where(client => client != "*" && !IPAddress.TryParse(client, out _) && !IPNetwork.TryParse(client, out _)))
                yield return new(At("clients"), $"'{client}' is not an address, a network such as 10.0.0.0/24, or *.");
            if (!resource.List("users").IsEmpty) yield return new(At("users"), "counts only for smb.");
            if (NetworkNameType.AddressesOf(role, resource).Count > 1) yield return new(At("depends-on"), "names more than one ip-address; an nfs server listens on one.");
        }
        else
        {
            if (!resource.List("clients").IsEmpty) yield return new(At("clients"), "counts only for nfs; use the node's firewall for smb.");
            foreach (var user in resource.List("users").Where(user => user.Length == 0 || !user.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.')))
                yield return new(At("users"), $"'{user}' is not an account.");
        }
    }

    public Task<IReadOnlyList<SpecProblem>> CheckOnNodeAsync(RoleSpec role, ResourceSpec resource, NodeCheckContext context, CancellationToken cancellationToken)
    {
        var path = ResourceProperties.PathOf(role, resource, "protocol");
        List<SpecProblem> problems = [];
        var (program, package) = resource.Text("protocol") is Nfs ? ("ganesha.nfsd", "nfs-ganesha and nfs-ganesha-vfs") : ("smbd", "samba");
        if (CommandCheck.FindProgram(program) is null) problems.Add(new(path, $"node {context.Node} has no {program}; install {package} there, and disable their services: the cluster runs a server of its own."));
        foreach (var user in resource.List("users").Where(user => Account.Find(user) is null))
            problems.Add(new(ResourceProperties.PathOf(role, resource, "users"), $"node {context.Node} has no account '{user}'; create it there, with the same number on every node."));
        return Task.FromResult<IReadOnlyList<SpecProblem>>(problems);
    }

    public IResource Create(ResourceContext context) => new FileShareResource(context, ResourceDigest.Of(this, context.Resource));

    /// <summary>A share that nobody said how to probe is online when its server accepts connections.</summary>
    public static ResourceSpec Complete(RoleSpec role, ResourceSpec resource) =>
        resource.Type != TypeName || !resource.Probes.IsEmpty || NetworkNameType.AddressesOf(role, resource) is not [var address, ..] ? resource
            : resource with { Probes = [new ProbeSpec { Kind = ProbeKind.Tcp, Target = new IPEndPoint(address, PortOf(resource)).ToString() }] };

    public static int PortOf(ResourceSpec resource) =>
        resource.Port() ?? (resource.Text("protocol") is Nfs ? 2049 : 445);

    public static string ShareOf(ResourceSpec resource) => resource.Text("share") ?? resource.Name.Value;

    public static string StateOf(RoleSpec role, ResourceSpec resource) =>
        resource.Text("state") ?? $"{RoleDisks.Find(role, resource, resource.RequiredText("path"))!.TrimEnd('/')}/.holdfast-share/{resource.Name}";

    private static bool IsPlain(char letter) => char.IsLetterOrDigit(letter) || letter is '/' or '.' or '_' or '-' or ' ';
}
