using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Resources.Addresses;

/// <summary>An address on an interface of this node, kept there by the leash and announced to the neighbours.</summary>
internal sealed class AddressResource(ResourceContext context, string tag) : IResource
{
    private readonly IpPrefix _prefix = AddressResourceType.PrefixOf(context.Resource);

    public TimeSpan? CheckInterval => TimeSpan.FromSeconds(1);

    public async Task OnlineAsync(HeldUnit? held, CancellationToken cancellationToken)
    {
        if (held is { Kind: UnitKind.Address } && held.Tag == tag && held.Epoch == context.Warrant.Epoch && await CheckAsync(cancellationToken) is null) return;
        if (held is not null) await OfflineAsync(cancellationToken);

        var interfaces = InterfaceTable.Read();
        var nic = InterfaceTable.FindFor(_prefix, context.Resource.Text("interface"), interfaces)
            ?? throw ResourceFailure.Of("interface-missing", context.Resource.Text("interface") is { } name
                ? $"Node {context.Node} has no interface '{name}' for {_prefix}."
                : $"No interface of node {context.Node} has an address in the subnet of {_prefix}.", "Name the interface with 'interface', or leave this node out of possible-owners.");
        if (!nic.IsUp) throw ResourceFailure.Of("interface-down", $"Interface {nic.Name} of node {context.Node} is down.");
        if (InterfaceTable.FindHolder(_prefix.Address, interfaces) is { } present)
            throw ResourceFailure.Of("address-in-use", $"{_prefix.Address} is already on interface {present.Name} of this node, and no role put it there.", $"Remove it: ip address del {_prefix} dev {present.Name}");

        var listen = context.Resource.Duration("duplicate-check", AddressResourceType.DefaultDuplicateCheck);
        // In a handover the address was the cluster's own until this moment, and the kernel of the node that had it was asked whether it is gone.
        if (!context.HandedOver && await DuplicateAddressProbe.AskAsync(_prefix, nic, listen) is { } stranger)
            throw ResourceFailure.Of("address-in-use", $"{_prefix.Address} is in use on the network of {nic.Name} by {stranger}.", "Find that machine and take the address from it, or change the role's address.");

        await context.Leash.AddAddressAsync(new AddressRequest(context.Unit, context.Warrant, nic.Name, _prefix.ToString(), tag), cancellationToken)
            .AsEffectOf("address-failed", $"{_prefix} could not be added to {nic.Name}");
    }

    public Task OfflineAsync(CancellationToken cancellationToken) =>
        context.Leash.RemoveAddressAsync(context.Unit, cancellationToken).AsEffectOf("stop-failed", $"{_prefix} could not be removed");

    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(
        InterfaceTable.FindHolder(_prefix.Address, InterfaceTable.Read()) is not { } nic ? $"{_prefix} is no longer on any interface"
        : !nic.IsUp ? $"interface {nic.Name} is down"
        : null);
}
