using System.Runtime.InteropServices;
using Holdfast.Lab.Disks;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;

namespace Holdfast.Lab;

/// <summary>
/// Machines on one machine: hosts in namespaces of their own on a bridge that has a namespace of its own, with disks
/// that lose what was not synced when their power goes, and a client that the faults spare.
/// </summary>
public sealed class LabNetwork : IAsyncDisposable
{
    private const string Bridge = "br0";

    private readonly LabIdentity _identity = LabIdentity.Mint();
    private readonly List<LabHost> _hosts = [];
    private readonly List<StableImage> _sharedDisks = [];
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly NetNamespace _switch = NetNamespace.Create();
    private Task? _disposal;

    private LabNetwork(LabOptions options)
    {
        Options = options;
        Folder = Path.Combine(options.Folder, _identity.ToString());
    }

    /// <summary>Gets the name that everything of this lab carries.</summary>
    public string Id => _identity.ToString();

    /// <summary>Gets the hosts, the client not among them.</summary>
    public IReadOnlyList<LabHost> Hosts => _hosts;

    /// <summary>Gets the machine of the clients; it has the address .250 and no disk.</summary>
    public LabHost Client { get; private set; } = null!;

    /// <summary>Gets the folder of the logs; deleted with the lab unless HOLDFAST_LAB_KEEP is 1.</summary>
    public string LogFolder => Path.Combine(Folder, "logs");

    internal LabOptions Options { get; }

    internal string Folder { get; }

    internal IReadOnlyList<StableImage> SharedDisks => _sharedDisks;

    /// <summary>Removes what dead labs left, then sets up a network with its client.</summary>
    /// <exception cref="InvalidOperationException">The machine lacks something; the message names it.</exception>
    public static async Task<LabNetwork> CreateAsync(LabOptions? options = null)
    {
        options ??= new LabOptions();
        if (await LabRequirements.CheckAsync() is { } problem)
        {
            throw new InvalidOperationException(problem);
        }

        await LabLeftovers.SweepAsync(options.Folder);
        var lab = new LabNetwork(options);
        try
        {
            await lab.SetUpAsync();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds a host; its power is still off.</summary>
    public async Task<LabHost> AddHostAsync(string name)
    {
        if (_hosts.Any(host => host.Name == name))
        {
            throw new ArgumentException($"there is a host {name} already", nameof(name));
        }

        var number = _hosts.Count + 1;
        var state = await StableImage.CreateAsync(name, Path.Combine(Folder, $"{name}.state"), Options.StateDiskBytes);
        var host = new LabHost(this, name, number, $"{Options.Subnet}.{10 + number}", state);
        _hosts.Add(host);
        foreach (var running in _hosts.Append(Client).Where(other => other.IsOn))
        {
            await running.RunAsync(["sh", "-c", $"echo '{host.Address} {name}' >>/etc/hosts"], TimeSpan.FromSeconds(10));
        }

        return host;
    }

    /// <summary>Makes a disk with an ext4 file system that every host powered on from now on sees as <c>/dev/shared/NAME</c>.</summary>
    public async Task<StableImage> AddSharedDiskAsync(string name, long bytes)
    {
        var disk = await StableImage.CreateAsync(name, Path.Combine(Folder, $"{name}.shared"), bytes);
        _sharedDisks.Add(disk);
        return disk;
    }

    /// <summary>Takes everything down and leaves nothing behind. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        Task disposal;
        lock (_hosts)
        {
            disposal = _disposal ??= TakeDownAsync();
        }

        await disposal;
    }

    internal string HostsLines() =>
        string.Join('\n', _hosts.Append(Client).Select(host => $"{host.Address} {host.Name}"));

    /// <summary>Runs commands of <c>ip -batch</c> at the bridge.</summary>
    internal Task SwitchAsync(params string[] lines) => InNamespaceAsync(_switch, ["ip", "-batch", "-"], lines);

    internal static Task ConfigureAsync(NetNamespace network, params string[] lines) => InNamespaceAsync(network, ["ip", "-batch", "-"], lines);

    /// <summary>Drops what the bridge would forward from or to a port. The hosts cannot see it, as with a broken switch.</summary>
    internal Task FilterAsync(string port, OneWay? lost)
    {
        var rule = lost switch
        {
            OneWay.In => [$"oifname \"{port}\" drop"],
            OneWay.Out => [$"iifname \"{port}\" drop"],
            _ => Array.Empty<string>(),
        };
        return InNamespaceAsync(_switch, ["nft", "-f", "-"], [$"table bridge {port}", $"delete table bridge {port}", $"table bridge {port} {{", "chain loss {", "type filter hook forward priority 0", .. rule, "}", "}"]);
    }

    private static async Task InNamespaceAsync(NetNamespace network, string[] tool, string[] lines)
    {
        var result = await Command.TryRunAsync(["nsenter", $"--net={network.Path}", .. tool], TimeSpan.FromSeconds(30), CancellationToken.None, input: string.Join('\n', lines) + "\n");
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join("; ", lines)}: {result.Output.Trim()}");
        }
    }

    private async Task SetUpAsync()
    {
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
        if (Options.HandleSignals)
        {
            foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
            {
                _signals.Add(PosixSignalRegistration.Create(signal, OnSignal));
            }
        }

        Directory.CreateDirectory(LogFolder);
        await SwitchAsync(
            "link set lo up",
            $"link add {Bridge} type bridge forward_delay 0 stp_state 0 mcast_snooping 0",
            $"link set {Bridge} up");
        Client = new LabHost(this, "client", 240, $"{Options.Subnet}.250", state: null);
        await Client.PowerOnAsync();
    }

    private async Task TakeDownAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        var failures = new List<Exception>();
        foreach (var host in Client is null ? [] : _hosts.Append(Client))
        {
            try
            {
                await host.DisposeAsync();
            }
            catch (Exception exception)
            {
                failures.Add(exception); // The others must still be taken down.
            }
        }

        _switch.Dispose();
        LoopDevice.DetachAll(Id);
        if (Environment.GetEnvironmentVariable("HOLDFAST_LAB_KEEP") == "1" && Directory.Exists(LogFolder))
        {
            var kept = Path.Combine(Path.GetTempPath(), $"holdfast-lab-logs-{Id}");
            await Command.RunAsync("cp", "-r", LogFolder, kept);
            await Console.Error.WriteLineAsync($"logs of the lab: {kept}");
        }

        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        _signals.ForEach(signal => signal.Dispose());
        if (failures.Count > 0)
        {
            throw new AggregateException("The lab did not come down cleanly", failures);
        }
    }

    private void OnProcessExit(object? sender, EventArgs arguments) => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        new Thread(() =>
        {
            DisposeAsync().AsTask().GetAwaiter().GetResult();
            Environment.Exit(128 + context.Signal switch { PosixSignal.SIGINT => 2, PosixSignal.SIGTERM => 15, _ => 1 });
        }).Start();
    }
}
