using System.CommandLine;
using System.Globalization;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;

namespace Holdfast.Cli.CommandLine;

/// <summary>The arguments and options that several commands share. Each call makes a new one: a symbol belongs to one command.</summary>
internal static class Arguments
{
    public static Argument<string> Role() => new("ROLE") { Description = "The role." };

    public static Argument<string> Node() => new("NODE") { Description = "The node." };

    public static Option<bool> Wait() => new("--wait") { Description = "Return only when it has happened." };

    public static DurationOption Timeout() => new("--timeout", "How long to wait before giving up with exit code 7.", TimeSpan.FromMinutes(1));

    public static Option<string?> Text(string name, string help, string placeholder) => new(name) { Description = help, HelpName = placeholder };

    /// <summary>A list: the option repeated, or its values separated by commas.</summary>
    public static Option<string[]> List(string name, string help, string placeholder) => new(name)
    {
        Description = help + " Separate several with commas.",
        HelpName = placeholder,
        CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
        DefaultValueFactory = _ => [],
    };

    /// <summary>The option repeated; each value whole.</summary>
    public static Option<string[]> Repeated(string name, string help, string placeholder) => new(name)
    {
        Description = help + " Can be repeated.",
        HelpName = placeholder,
        DefaultValueFactory = _ => [],
    };

    /// <summary>This machine's host name as a node name.</summary>
    public static string HostName()
    {
        var name = Environment.MachineName.Split('.')[0].ToLowerInvariant();
        return EntityName.IsValid(name) ? name
            : throw new UsageException("node-missing", $"The host name '{name}' cannot be a node's name.", "Name the node with --node.");
    }

    /// <summary>Says that an address must be given, and which ones this machine has.</summary>
    public static UsageException AddressMissing()
    {
        var own = from network in NetworkInterface.GetAllNetworkInterfaces()
                  where network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback
                  from address in network.GetIPProperties().UnicastAddresses
                  where address.Address.AddressFamily == AddressFamily.InterNetwork || !address.Address.IsIPv6LinkLocal
                  select string.Create(CultureInfo.InvariantCulture, $"{address.Address} ({network.Name})");
        var found = string.Join(", ", own.Take(6));
        return new UsageException("address-missing", "--address is missing: the address at which the other nodes reach this one.", found.Length == 0 ? "This machine has none yet." : $"This machine has {found}.");
    }
}
