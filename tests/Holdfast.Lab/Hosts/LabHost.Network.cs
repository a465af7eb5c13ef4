using System.Globalization;
using Holdfast.Lab.Linux;

namespace Holdfast.Lab.Hosts;

public sealed partial class LabHost
{
    /// <summary>Pulls the cable at the switch. The host's side keeps its carrier, so only silence tells. Returns when it took effect.</summary>
    public async Task<TimeSpan> PullCableAsync()
    {
        await _lab.SwitchAsync($"link set {Port} nomaster");
        IsPlugged = false;
        return BootClock.Now;
    }

    /// <summary>Plugs the cable in again. Returns when it took effect.</summary>
    public async Task<TimeSpan> PlugCableAsync()
    {
        await _lab.SwitchAsync($"link set {Port} master br0");
        IsPlugged = true;
        return BootClock.Now;
    }

    /// <summary>Loses every frame of one direction, ARP included, without either side being told. Replaces an earlier loss.</summary>
    public async Task<TimeSpan> DropAsync(OneWay direction)
    {
        await _lab.FilterAsync(Port, direction);
        return BootClock.Now;
    }

    /// <summary>Ends the loss and plugs the cable in.</summary>
    public async Task<TimeSpan> HealAsync()
    {
        await _lab.FilterAsync(Port, lost: null);
        return IsPlugged ? BootClock.Now : await PlugCableAsync();
    }

    private async Task ConnectAsync()
    {
        _network = NetNamespace.Create();
        var hardware = string.Create(CultureInfo.InvariantCulture, $"02:48:46:00:00:{_number:x2}"); // The same after every boot, as a real card has it.
        await _lab.SwitchAsync($"link add {Port} type veth peer name eth0 address {hardware} netns {_network.Path}");
        await LabNetwork.ConfigureAsync(_network, "link set lo up", $"addr add {Address}/24 dev eth0", "link set eth0 up");
        await _lab.SwitchAsync(IsPlugged ? [$"link set {Port} master br0", $"link set {Port} up"] : [$"link set {Port} up"]);
    }

    private async Task DisconnectAsync()
    {
        if (_network is null)
        {
            return;
        }

        await _lab.SwitchAsync($"link delete {Port}");
        _network.Dispose();
        _network = null;
    }
}
