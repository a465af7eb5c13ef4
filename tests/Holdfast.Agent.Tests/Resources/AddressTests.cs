using System.Diagnostics;
using System.Net;
using Holdfast.Agent.Declarations;
using Holdfast.Agent.Resources.Addresses;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Tests.Resources;

/// <summary>With real packets between two network namespaces; needs root.</summary>
public sealed class AddressTests
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(3);

    [Theory]
    [InlineData("10.77.0.2/24")]
    [InlineData("fd77::2/64")]
    public async Task An_address_that_another_machine_has_is_found_with_its_hardware_address(string address)
    {
        await using var network = await NetworkPair.CreateAsync();
        var there = await NetworkPair.InsideAsync(network.There, () => InterfaceTable.Read().Single(nic => nic.Name == "cable0"));
        Assert.True(IpPrefix.TryParse(address, out var prefix));

        var holder = await AskAsync(network, prefix, Generous);

        Assert.Equal(string.Join(':', there.HardwareAddress.Select(part => part.ToString("x2", null))), holder);
    }

    [Theory]
    [InlineData("10.77.0.9/24")]
    [InlineData("fd77::9/64")]
    [InlineData("10.77.0.1/24")] // Our own: nobody else's.
    public async Task An_address_that_nobody_else_has_is_free_after_the_listening_time(string address)
    {
        await using var network = await NetworkPair.CreateAsync();
        Assert.True(IpPrefix.TryParse(address, out var prefix));
        var listen = TimeSpan.FromMilliseconds(30);

        var started = Stopwatch.GetTimestamp();
        var holder = await AskAsync(network, prefix, listen);

        Assert.Null(holder);
        Assert.InRange(Stopwatch.GetElapsedTime(started), listen * 0.9, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_probe_changes_nobodys_cache()
    {
        await using var network = await NetworkPair.CreateAsync();
        Assert.True(IpPrefix.TryParse("10.77.0.2/24", out var prefix));

        await AskAsync(network, prefix, Generous);

        Assert.Equal("", (await DiskImage.RequireAsync("ip", "-n", network.There, "neigh", "show", "10.77.0.1")).Trim());
    }

    [Theory]
    [InlineData("10.77.0.100/24", "", "cable0")]
    [InlineData("fd77::100/64", "", "cable0")]
    [InlineData("10.78.0.100/24", "", null)]
    [InlineData("10.78.0.100/24", "cable0", "cable0")]
    [InlineData("10.77.0.100/24", "cable9", null)]
    public async Task The_interface_is_the_one_in_the_same_subnet_or_the_one_named(string address, string name, string? found)
    {
        await using var network = await NetworkPair.CreateAsync();
        Assert.True(IpPrefix.TryParse(address, out var prefix));

        var nic = await NetworkPair.InsideAsync(network.Here, () => InterfaceTable.FindFor(prefix, name.Length > 0 ? name : null, InterfaceTable.Read()));

        Assert.Equal(found, nic?.Name);
        if (nic is not null) Assert.True(nic.IsUp);
    }

    [Fact]
    public async Task An_interface_without_its_cable_is_down()
    {
        await using var network = await NetworkPair.CreateAsync();
        await NetworkPair.IpAsync("-n", network.There, "link", "set", "cable0", "down");

        var nic = await NetworkPair.InsideAsync(network.Here, () => InterfaceTable.Read().Single(candidate => candidate.Name == "cable0"));

        Assert.False(nic.IsUp);
    }

    [Fact]
    public async Task An_address_is_added_by_the_leash_on_the_interface_found_and_checked_where_it_is()
    {
        await using var network = await NetworkPair.CreateAsync();
        await using var leash = new FakeLeash();
        var resource = TestRole.Create(TestRole.Context(TestRole.Of("{ type: ip-address, address: 10.77.0.100/24, duplicate-check: 0s }"), leash));

        await NetworkPair.InsideAsync(network.Here, () => resource.OnlineAsync(null, CancellationToken.None)).Unwrap();
        var request = Assert.IsType<AddressRequest>(Assert.Single(leash.Calls));
        Assert.Equal(("orders/it", "cable0", "10.77.0.100/24"), (request.Unit, request.Interface, request.Address));

        Assert.Contains("no longer on any interface", await NetworkPair.InsideAsync(network.Here, () => resource.CheckAsync(CancellationToken.None)).Unwrap(), StringComparison.Ordinal);
        await NetworkPair.IpAsync("-n", network.Here, "address", "add", "10.77.0.100/24", "dev", "cable0");
        Assert.Null(await NetworkPair.InsideAsync(network.Here, () => resource.CheckAsync(CancellationToken.None)).Unwrap());
        await NetworkPair.IpAsync("-n", network.There, "link", "set", "cable0", "down");
        Assert.Equal("interface cable0 is down", await NetworkPair.InsideAsync(network.Here, () => resource.CheckAsync(CancellationToken.None)).Unwrap());
    }

    [Fact]
    public async Task A_stranger_with_the_address_is_found_before_the_declaration_is_accepted_but_our_own_owner_is_not_one()
    {
        await using var network = await NetworkPair.CreateAsync();
        await NetworkPair.IpAsync("-n", network.Here, "address", "add", "10.77.0.50/24", "dev", "cable0");
        var role = TestRole.Of("{ type: ip-address, address: 10.77.0.50/24 }");

        var stranger = await NetworkPair.InsideAsync(network.Here, () => TestRole.CheckOnNodeAsync(role)).Unwrap();
        var ours = await NetworkPair.InsideAsync(network.Here, () => TestRole.CheckOnNodeAsync(role, present: role)).Unwrap();
        var nowhere = await NetworkPair.InsideAsync(network.Here, () => TestRole.CheckOnNodeAsync(TestRole.Of("{ type: ip-address, address: 10.99.0.50/24 }"))).Unwrap();

        Assert.Contains("already on interface cable0 of node a", Assert.Single(stranger).Message, StringComparison.Ordinal);
        Assert.Empty(ours);
        Assert.Contains("no interface of node a has an address in the subnet", Assert.Single(nowhere).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.1", "is not an address with its prefix length")]
    [InlineData("10.1/24", "is not an address")]
    [InlineData("10.0.0.1/33", "is not an address")]
    [InlineData("10.0.0.255/24", "broadcast")]
    [InlineData("127.0.0.5/8", "loopback")]
    [InlineData("224.0.0.5/24", "multicast")]
    [InlineData("ff02::1/64", "multicast")]
    [InlineData("0.0.0.0/24", "unspecified")]
    [InlineData("::ffff:10.0.0.1/120", "IPv6 clothes")]
    [InlineData("fe80::1%eth0/64", "is not an address")]
    [InlineData("fe80::1/64", "link-local")]
    public void What_no_machine_can_have_is_refused(string address, string sentence)
    {
        var result = DeclarationReader.Read($"roles: {{ x: {{ resources: {{ it: {{ type: ip-address, address: '{address}' }} }} }} }}", "f", null);

        Assert.Contains(sentence, Assert.Single(result.Problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.1/20", "10.0.15.200", true)]
    [InlineData("10.0.0.1/20", "10.0.16.1", false)]
    [InlineData("10.0.0.1/32", "10.0.0.1", true)]
    [InlineData("fd00::1/64", "10.0.0.1", false)]
    public void The_same_subnet_is_told_by_the_prefix(string prefix, string other, bool same)
    {
        Assert.True(IpPrefix.TryParse(prefix, out var parsed));
        Assert.Equal(same, parsed.IsSameSubnet(IPAddress.Parse(other)));
    }

    private static Task<string?> AskAsync(NetworkPair network, IpPrefix prefix, TimeSpan limit) =>
        NetworkPair.InsideAsync(network.Here, () => DuplicateAddressProbe.Ask(prefix.Address, InterfaceTable.FindFor(prefix, "cable0", InterfaceTable.Read())!, limit));
}
