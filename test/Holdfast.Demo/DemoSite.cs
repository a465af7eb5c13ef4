using System.Net;
using System.Text.Json;
using Holdfast.Demo.Orders;
using Holdfast.Lab;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Disks;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Holdfast.Lab.Observation;
using Holdfast.Lab.Probing;

namespace Holdfast.Demo;

/// <summary>A cluster of three lab hosts with the roles <c>echo</c> and <c>orders</c>, its clients and its observer.</summary>
internal sealed class DemoSite : IAsyncDisposable
{
    public static readonly string[] Roles = ["echo", "orders"];

    private const string Disk = "orders";
    private const long DiskBytes = 512L << 20;
    private static readonly IPEndPoint Echo = new(IPAddress.Parse("10.77.0.101"), 7000);
    private static readonly IPEndPoint Orders = new(IPAddress.Parse("10.77.0.102"), 5432);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private readonly DemoOptions _options;
    private string _declaration = "";

    private DemoSite(DemoOptions options, LabNetwork lab) => (_options, Lab) = (options, lab);

    public LabNetwork Lab { get; }

    public LabCluster Cluster { get; private set; } = null!;

    public Observer Observer { get; private set; } = null!;

    public Prober Prober { get; private set; } = null!;

    public OrdersClient Client { get; private set; } = null!;

    /// <summary>Gets a time after which no lease renewed before is still valid, in any profile of that name.</summary>
    public TimeSpan LongestLease => TimeSpan.FromSeconds(_options.Profile == "wan" ? 10 : 3);

    /// <summary>Sets everything up and waits until both services answer.</summary>
    public static async Task<DemoSite> CreateAsync(DemoOptions options, bool lastIsWitness, Action<string> say)
    {
        var lab = await LabNetwork.CreateAsync(new LabOptions
        {
            ProductFolder = Path.Combine(options.Root, "dist"),
            Folders = new Dictionary<string, string> { ["/opt/samples"] = Path.Combine(options.Root, "samples") },
        });
        var site = new DemoSite(options, lab);
        try
        {
            await site.SetUpAsync(lastIsWitness, say);
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <summary>What a client saw of a role.</summary>
    public IReadOnlyList<Probe> Probes(string role) => role == "echo" ? Prober.Probes : Client.Commits;

    /// <summary>Waits until all nodes are up and both roles are online on one node, with the etcd leader where it is wanted; moves roles if need be.</summary>
    /// <param name="onPreferred">Whether that node must be the most preferred one.</param>
    /// <returns>That node, and whether the etcd leader is on it.</returns>
    public async Task<(LabHost Owner, bool IsLeader)> SettleAsync(bool onPreferred = false)
    {
        LabHost? owner = null;
        var leader = "";
        await Waiting.UntilAsync(
            async () =>
            {
                if (await TryStatusAsync() is not { } status || status.GetProperty("nodes").EnumerateArray().Any(node => node.GetProperty("state").GetString() != "up"))
                {
                    return false;
                }

                var nodes = status.GetProperty("nodes").EnumerateArray().ToList();
                leader = nodes.Where(node => node.GetProperty("storeLeader").GetBoolean()).Select(node => node.GetProperty("name").GetString()!).FirstOrDefault("");
                var owners = status.GetProperty("roles").EnumerateArray().Where(role => role.GetProperty("state").GetString() == "online")
                    .Select(role => role.GetProperty("owner").GetString()).ToList();
                if (leader.Length == 0 || owners.Count != Roles.Length)
                {
                    return false;
                }

                var members = nodes.Where(node => node.GetProperty("kind").GetString() == "member").Select(node => node.GetProperty("name").GetString()!).ToList();
                var wanted = _options.Leader switch
                {
                    _ when onPreferred => Lab.Hosts[0].Name,
                    LeaderChoice.Lost => members.FirstOrDefault(name => name == leader),
                    LeaderChoice.Elsewhere => members.FirstOrDefault(name => name != leader && owners.Contains(name)) ?? members.First(name => name != leader),
                    _ => owners[0],
                } ?? owners[0];
                var away = status.GetProperty("roles").EnumerateArray().Where(role => role.GetProperty("owner").GetString() != wanted).ToList();
                foreach (var role in away)
                {
                    await Cluster.TryCommandAsync(Host(wanted!), "role", "move", role.GetProperty("name").GetString()!, "--to", wanted!, "--wait");
                }

                owner = Host(wanted!);
                return away.Count == 0;
            },
            Limit,
            "the cluster does not settle",
            Look);
        await WaitSteadyAsync();

        // On a busy machine a lease may have run out meanwhile, and the roles be elsewhere.
        var facts = Observer.Facts;
        return Roles.All(role => facts.Any(fact => fact.Role == role && fact.Host == owner!.Name && fact.To is null))
            ? (owner!, owner!.Name == leader)
            : await SettleAsync(onPreferred);
    }

    /// <summary>Waits until both services have answered without a failure for a while.</summary>
    public async Task WaitSteadyAsync()
    {
        await Task.WhenAll(Roles.Select(role => WaitSteadyAsync(role)));

        async Task WaitSteadyAsync(string role)
        {
            var hold = TimeSpan.FromSeconds(1.5);
            var begun = BootClock.Now;
            await Waiting.UntilAsync(
                () =>
                {
                    var since = BootClock.Now - hold;
                    var recent = Probes(role).Reverse().TakeWhile(probe => probe.EndedAt >= since).ToList();
                    return since >= begun && recent.Count > 10 && recent.All(probe => probe.IsGood);
                },
                Limit,
                $"{role} does not answer steadily");
        }
    }

    /// <summary>Applies the roles again with another failback policy.</summary>
    public async Task SetFailbackAsync(string policy) =>
        await Cluster.ApplyAsync(await AnyAsync(), _declaration.Replace("failback: never", $"failback: {policy}", StringComparison.Ordinal));

    /// <summary>What the nodes say happened since an instant, oldest first; both sides of a partition are asked.</summary>
    public async Task<IReadOnlyList<JsonElement>> EventsSinceAsync(TimeSpan instant)
    {
        var events = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var host in Cluster.Hosts.Where(host => host.IsOn))
        {
            var result = await Cluster.TryCommandAsync(host, "events", "--limit", "1000", "--json");
            if (result.ExitCode != 0)
            {
                continue;
            }

            foreach (var seen in JsonDocument.Parse(result.Output).RootElement.Clone().EnumerateArray())
            {
                events.TryAdd(seen.GetRawText(), seen);
            }
        }

        return [.. events.Values.Where(seen => seen.GetProperty("bootMs").GetDouble() >= instant.TotalMilliseconds).OrderBy(seen => seen.GetProperty("bootMs").GetDouble())];
    }

    /// <summary>A host whose agent answers and that the others can reach.</summary>
    public Task<LabHost> AnyAsync() => Cluster.AnyAsync(host => host.IsPlugged);

    public LabHost Host(string name) => Lab.Hosts.First(host => host.Name == name);

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        Prober?.Dispose();
        Observer?.Dispose();
        await Lab.DisposeAsync();
    }

    private async Task<JsonElement?> TryStatusAsync()
    {
        foreach (var host in Cluster.Hosts.Where(host => host.IsOn))
        {
            var result = await Cluster.TryCommandAsync(host, "cluster", "status", "--json");
            if (result.ExitCode == 0)
            {
                return JsonDocument.Parse(result.Output).RootElement.Clone();
            }
        }

        return null;
    }

    private async Task SetUpAsync(bool lastIsWitness, Action<string> say)
    {
        say("Making three hosts, a bridge, a client and a shared disk…");
        var disk = await Lab.AddSharedDiskAsync(Disk, DiskBytes);
        var hosts = new List<LabHost>();
        foreach (var name in new[] { "a", "b", "c" })
        {
            hosts.Add(await Lab.AddHostAsync(name));
        }

        await PrepareDatabaseAsync(hosts[0], disk);
        say($"Creating the cluster, profile {_options.Profile}{(lastIsWitness ? ", two members and a witness" : "")}…");
        Cluster = await LabCluster.CreateAsync(Lab, hosts, _options.Profile, lastIsWitness);
        Observer = new Observer(Lab);
        Observer.Assign("echo", Echo.Address);
        Observer.Assign("orders", Orders.Address);
        Observer.Assign("orders", disk);

        _declaration = await File.ReadAllTextAsync(Path.Combine(_options.Root, "samples", "demo", "demo.yaml"));
        _declaration = _declaration.Replace("/usr/lib/postgresql/15", PostgresFolder, StringComparison.Ordinal);
        if (lastIsWitness)
        {
            _declaration = _declaration.Replace("[a, b, c]", "[a, b]", StringComparison.Ordinal);
        }

        say("Declaring the roles echo and orders…");
        await Cluster.ApplyAsync(hosts[0], _declaration);
        Prober = new Prober(Lab.Client.Network, Echo);
        Client = new OrdersClient(Lab.Client.Network, Orders);
        await SettleAsync();
    }

    private static string PostgresFolder => Directory.EnumerateDirectories("/usr/lib/postgresql").OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal).Last();

    // A new database on the shared disk, as an administrator would make it before there is a cluster.
    private static async Task PrepareDatabaseAsync(LabHost host, StableImage disk)
    {
        await host.PowerOnAsync();
        var result = await host.RunAsync(
            [
                "sh", "-ec", $"""
                mkdir -p /srv/orders
                mount {disk.DevicePath} /srv/orders
                install -d -o postgres -g postgres -m 700 /srv/orders/postgres
                setpriv --reuid=postgres --regid=postgres --init-groups {PostgresFolder}/bin/initdb -D /srv/orders/postgres -A trust -U postgres --no-locale -E UTF8 >/dev/null
                echo 'host all all all trust' >>/srv/orders/postgres/pg_hba.conf
                umount /srv/orders
                """,
            ],
            Limit);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"The database cannot be made: {result.Output.Trim()}");
        }

        await host.PowerOffAsync();
    }
}
