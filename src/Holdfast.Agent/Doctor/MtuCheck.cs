using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Holdfast.Agent.Api;
using Holdfast.Cluster.Nodes;

namespace Holdfast.Agent.Doctor;

/// <summary>Whether packets of the full size get to every other node. Small ones do where large ones are lost, and then connections open and hang.</summary>
internal sealed class MtuCheck : ICheck
{
    private const string Name = "mtu";
    private const int HeaderBytes = 28; // IPv4 and ICMP.
    private const int Tries = 3;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    /// <summary>The MTU of the interface that has an address; null when none has.</summary>
    public static int? Of(string address)
    {
        try
        {
            return NetworkInterface.GetAllNetworkInterfaces().Where(card => card.Supports(NetworkInterfaceComponent.IPv4))
                .FirstOrDefault(card => card.GetIPProperties().UnicastAddresses.Any(own => own.Address.ToString() == address))?.GetIPProperties().GetIPv4Properties()?.Mtu;
        }
        catch (NetworkInformationException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> LookAsync(CheckContext context, CancellationToken cancellationToken) =>
        context.Here.Mtu is not { } mtu ? [] : [.. (await Task.WhenAll(context.Others.Select(other => LookAtAsync(context, other, mtu)))).OfType<Finding>()];

    private static async Task<Finding?> LookAtAsync(CheckContext context, NodeRecord other, int mtu)
    {
        if (!IPAddress.TryParse(other.Address, out var address) || address.AddressFamily != AddressFamily.InterNetwork) return null;
        try
        {
            if (!await AnswersAsync(address, 0)) return context.Warning(Name, $"{other.Name} answers no ping, so the size of packets on the way to it is not known.", "Let ICMP echo through between nodes; it is also what path MTU discovery needs.");
            return await AnswersAsync(address, mtu - HeaderBytes) ? context.Ok(Name, $"Packets of {mtu} bytes get to {other.Name} and back.")
                : context.Problem(Name, $"Packets of {mtu} bytes, the MTU here, do not get to {other.Name} and back, though small ones do.", "Give every interface and switch on the way the same MTU.");
        }
        catch (Exception exception) when (exception is PingException or PlatformNotSupportedException or SocketException)
        {
            return context.Warning(Name, $"The size of packets on the way to {other.Name} could not be tried: {(exception.InnerException ?? exception).Message}", "Run the agent as root.");
        }
    }

    private static async Task<bool> AnswersAsync(IPAddress address, int bytes)
    {
        for (var i = 0; i < Tries; i++)
        {
            using var ping = new Ping();
            if ((await ping.SendPingAsync(address, (int)AnswerLimit.TotalMilliseconds, new byte[Math.Max(0, bytes)], new PingOptions(64, dontFragment: true))).Status == IPStatus.Success) return true;
        }

        return false;
    }
}
