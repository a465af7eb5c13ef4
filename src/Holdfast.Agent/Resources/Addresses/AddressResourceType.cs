using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Resources.Addresses;

/// <summary><c>ip-address</c>: an address that clients use, on the node that has the role.</summary>
internal sealed class AddressResourceType : IResourceType
{
    public const string TypeName = "ip-address";

    internal static readonly TimeSpan DefaultDuplicateCheck = TimeSpan.FromMilliseconds(30);

    public string Name => TypeName;

    public IReadOnlyList<PropertyRule> Properties { get; } =
    [
        new("address", PropertyShape.Text, Required: true, "The address with its prefix length, such as 10.0.0.100/24 or 2001:db8::100/64."),
        new("interface", PropertyShape.Text, Required: false, "The network interface. The default is the one that has an address in the same subnet."),
        new("duplicate-check", PropertyShape.Text, Required: false, "How long to listen for another holder before the address is taken, from 0s (off) to 3s. The default is 30ms.", InPlace: true),
    ];

    public IEnumerable<SpecProblem> Validate(RoleSpec role, ResourceSpec resource)
    {
        if (resource.Text("address") is { } text)
        {
            var path = ResourceProperties.PathOf(role, resource, "address");
            if (!IpPrefix.TryParse(text, out var prefix)) yield return new(path, $"'{text}' is not an address with its prefix length, such as 10.0.0.100/24 or 2001:db8::100/64.");
            else if (WhyUnusable(prefix) is { } reason) yield return new(path, $"{text} {reason}.");
            else if (prefix.Address.IsIPv6LinkLocal && resource.Text("interface") is null) yield return new(path, $"{text} is link-local, and every interface has that subnet; name one with 'interface'.");
        }

        if (resource.Text("interface") is { } nic && (nic.Length > 15 || nic.Any(letter => letter == '/' || char.IsWhiteSpace(letter))))
            yield return new(ResourceProperties.PathOf(role, resource, "interface"), $"'{nic}' is not an interface name (1 to 15 characters, no space, no '/').");

        foreach (var problem in ResourceProperties.CheckDuration(role, resource, "duplicate-check", TimeSpan.Zero, TimeSpan.FromSeconds(3))) yield return problem;
    }

    public async Task<IReadOnlyList<SpecProblem>> CheckOnNodeAsync(RoleSpec role, ResourceSpec resource, NodeCheckContext context, CancellationToken cancellationToken)
    {
        var prefix = PrefixOf(resource);
        var interfaces = InterfaceTable.Read();
        if (InterfaceTable.FindFor(prefix, resource.Text("interface"), interfaces) is not { } nic)
        {
            return
            [
                resource.Text("interface") is { } name
                    ? new(ResourceProperties.PathOf(role, resource, "interface"), $"node {context.Node} has no interface '{name}'; it has {string.Join(", ", interfaces.Select(known => known.Name))}.")
                    : new(ResourceProperties.PathOf(role, resource, "address"), $"no interface of node {context.Node} has an address in the subnet of {prefix}; name one with 'interface'."),
            ];
        }

        // What the role itself has, here or on another node, is no stranger's.
        var isOurs = context.HeldHere.Any(held => held.Kind == UnitKind.Address && held.Role == role.Name.Value)
            || (context.Present?.Resources.Any(present => present.Type == Name && present.Text("address") is { } text
                && IpPrefix.TryParse(text, out var known) && known.Address.Equals(prefix.Address)) ?? false);
        if (isOurs) return [];

        var addressPath = ResourceProperties.PathOf(role, resource, "address");
        if (InterfaceTable.FindHolder(prefix.Address, interfaces) is { } holder)
            return [new(addressPath, $"{prefix.Address} is already on interface {holder.Name} of node {context.Node}, and no role put it there; remove it or choose another.")];

        return await DuplicateAddressProbe.AskAsync(prefix, nic, resource.Duration("duplicate-check", DefaultDuplicateCheck)) is { } stranger
            ? [new(addressPath, $"{prefix.Address} is in use on the network by {stranger}; choose another address.")]
            : [];
    }

    public IResource Create(ResourceContext context) => new AddressResource(context, ResourceDigest.Of(this, context.Resource));

    internal static IpPrefix PrefixOf(ResourceSpec resource) =>
        IpPrefix.TryParse(resource.RequiredText("address"), out var prefix) ? prefix
            : throw new InvalidOperationException($"{resource.Name}: '{resource.Text("address")}' passed validation but is no address.");

    private static string? WhyUnusable(IpPrefix prefix)
    {
        var bytes = prefix.Address.GetAddressBytes();
        if (bytes.All(part => part == 0)) return "is the unspecified address";
        if (System.Net.IPAddress.IsLoopback(prefix.Address)) return "is a loopback address, which no other machine can reach";
        if (prefix.IsVersion6) return prefix.Address.IsIPv6Multicast ? "is a multicast address" : prefix.Address.IsIPv4MappedToIPv6 ? "is an IPv4 address in IPv6 clothes; write the IPv4 address" : null;
        if (bytes[0] >= 224) return "is a multicast or reserved address";
        if (prefix.Length >= 31) return null;

        var value = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var hostMask = uint.MaxValue >> prefix.Length;
        return (value & hostMask) == 0 ? "is the address of the network itself" : (value & hostMask) == hostMask ? "is the broadcast address of its network" : null;
    }
}
