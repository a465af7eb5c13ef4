using System.Net;
using Holdfast.Agent.Resources.Addresses;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Resources.Names;

/// <summary><c>network-name</c>: the name under which clients find the role, whichever node has it.</summary>
internal sealed class NetworkNameType : IResourceType
{
    public const string TypeName = "network-name";

    internal static readonly TimeSpan DefaultTimeToLive = TimeSpan.FromSeconds(60);

    public string Name => TypeName;

    public IReadOnlyList<PropertyRule> Properties { get; } =
    [
        new("name", PropertyShape.Text, Required: true, "The name, such as files or files.example.com. It leads to the addresses of the ip-address resources that this depends on."),
        new("server", PropertyShape.Text, Required: false, "The name server that takes dynamic updates (RFC 2136), as an address or address:port. Without one the name is only in the hosts files of the nodes."),
        new("zone", PropertyShape.Text, Required: false, "The zone that the name is in. The default is what follows its first dot."),
        new("key", PropertyShape.Text, Required: false, "The file with the key (TSIG) that updates are signed with, on every node, readable by the user."),
        new("ttl", PropertyShape.Text, Required: false, "How long others may remember the address, from 1s to 1d. The default is 1m."),
        new("hosts", PropertyShape.Text, Required: false, "Whether the nodes have the name in their hosts files: yes (the default) or no.", InPlace: true),
        new("user", PropertyShape.Text, Required: false, "The account that sends updates. The default is nobody."),
    ];

    public IEnumerable<SpecProblem> Validate(RoleSpec role, ResourceSpec resource)
    {
        string At(string property) => ResourceProperties.PathOf(role, resource, property);
        if (resource.Text("name") is not { } name)
        {
            yield return new(At("name"), "is empty; give the name that clients use.");
            yield break;
        }

        if (WhyNoName(name) is { } reason) yield return new(At("name"), $"'{name}' {reason}.");
        foreach (var problem in ResourceProperties.CheckChoice(role, resource, "hosts", "yes", "no")) yield return problem;
        foreach (var problem in ResourceProperties.CheckDuration(role, resource, "ttl", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1))) yield return problem;
        foreach (var problem in ResourceProperties.CheckAbsolutePath(role, resource, "key")) yield return problem;
        if (AddressesOf(role, resource).Count == 0) yield return new(At("depends-on"), "names no ip-address of this role; a network name needs the address that it leads to.");
        if (resource.Text("server") is { } server && !TryServer(server, out _, out _)) yield return new(At("server"), $"'{server}' is not an address of a name server, such as 10.0.0.53 or 10.0.0.53:5353.");
        if (resource.Text("server") is not null && ZoneOf(resource) is null) yield return new(At("zone"), $"is missing; {name} has no dot from which it could be known.");
        if (ZoneOf(resource) is { } zone && resource.Text("server") is not null)
        {
            if (WhyNoName(zone) is { } wrong) yield return new(At("zone"), $"'{zone}' {wrong}.");
            else if (name.Contains('.', StringComparison.Ordinal) && !name.EndsWith("." + zone, StringComparison.OrdinalIgnoreCase)) yield return new(At("zone"), $"is {zone}, but {name} is not in it.");
        }

        foreach (var given in (string[])["zone", "key", "ttl"])
        {
            if (resource.Text("server") is null && resource.Text(given) is not null) yield return new(At(given), "counts only with a server to update; give one with 'server', or leave it out.");
        }

        if (role.Resources.Any(other => other != resource && other.Type == Name && string.Equals(other.Text("name"), name, StringComparison.OrdinalIgnoreCase))) yield return new(At("name"), $"{name} is the name of another resource of this role too.");
    }

    public Task<IReadOnlyList<SpecProblem>> CheckOnNodeAsync(RoleSpec role, ResourceSpec resource, NodeCheckContext context, CancellationToken cancellationToken)
    {
        List<SpecProblem> problems = [];
        if (resource.Text("server") is not null)
        {
            var user = resource.Text("user") ?? RunAs.DefaultUser;
            var account = Account.Find(user);
            if (account is null) problems.Add(new(ResourceProperties.PathOf(role, resource, "user"), $"node {context.Node} has no account '{user}'; create it there or name another."));
            if (CommandCheck.FindProgram("nsupdate") is null) problems.Add(new(ResourceProperties.PathOf(role, resource, "server"), $"node {context.Node} has no nsupdate, which sends the updates; install bind9-dnsutils there."));
            if (account is not null && resource.Text("key") is { } key && Processes.FileAccess.WhyNotReadable(key, account) is { } reason) problems.Add(new(ResourceProperties.PathOf(role, resource, "key"), $"{key} {reason} on node {context.Node}."));
        }

        return Task.FromResult<IReadOnlyList<SpecProblem>>(problems);
    }

    public IResource Create(ResourceContext context) => new NetworkNameResource(context, ResourceDigest.Of(this, context.Resource));

    /// <summary>The addresses that a name leads to, in the order in which it depends on them.</summary>
    public static IReadOnlyList<IPAddress> AddressesOf(RoleSpec role, ResourceSpec resource) =>
    [
        .. from dependency in resource.DependsOn
           let address = role.Resources.FirstOrDefault(other => other.Name == dependency && other.Type == AddressResourceType.TypeName)
           where address?.Text("address") is { } text && IpPrefix.TryParse(text, out _)
           select AddressResourceType.PrefixOf(address).Address,
    ];

    /// <summary>The name with its zone.</summary>
    public static string FullNameOf(ResourceSpec resource) =>
        resource.RequiredText("name") is var name && name.Contains('.', StringComparison.Ordinal) || ZoneOf(resource) is not { } zone ? name : $"{name}.{zone}";

    public static string? ZoneOf(ResourceSpec resource) =>
        resource.Text("zone")?.TrimEnd('.') ?? (resource.RequiredText("name").Split('.', 2) is [_, var rest] ? rest : null);

    internal static bool TryServer(string text, out IPAddress address, out int port)
    {
        port = 53;
        if (IPAddress.TryParse(text, out address!)) return true;
        if (!IPEndPoint.TryParse(text, out var end) || end.Port == 0) return false;
        (address, port) = (end.Address, end.Port);
        return true;
    }

    /// <summary>RFC 1123: letters, digits and hyphens; nothing that could be another line of what is sent or written.</summary>
    private static string? WhyNoName(string name) =>
        name.Length is 0 or > 253 ? "has no or more than 253 characters"
        : name.Split('.').FirstOrDefault(label => label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-' || !label.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-')) is { } label
            ? $"is not a host name: '{label}' must be 1 to 63 letters, digits and '-', not starting or ending with '-'"
        : name.All(letter => char.IsAsciiDigit(letter) || letter == '.') ? "is a number; a name has a letter" : null;
}
