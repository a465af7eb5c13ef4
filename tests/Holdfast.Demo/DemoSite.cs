using System.Net;
using System.Text.Json;
using Holdfast.Cluster.Leases;
using Holdfast.Demo.Faults;
using Holdfast.Demo.Orders;
using Holdfast.Lab;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Disks;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Holdfast.Lab.Observation;
using Holdfast.Lab.Probing;

namespace Holdfast.Demo;

/// <summary>A cluster of lab hosts with the roles <c>echo</c> and <c>orders</c>, its clients and its observer.</summary>
internal sealed class DemoSite : IAsyncDisposable
{
    public static readonly string[] Roles = ["echo", "orders"];

    private const string Disk = "orders";
    private const long DiskBytes = 2L << 30; // Sparse. More than PostgreSQL lets its log grow to before it reuses it, a gigabyte.
    private static readonly IPEndPoint Echo = new(IPAddress.Parse("10.77.0.101"), 7000);
    private static readonly IPEndPoint Orders = new(IPAddress.Parse("10.77.0.102"), 5432);

    /// <summary>Where the console is, for who keeps the cluster to look around.</summary>
    public static readonly IPEndPoint Console = new(IPAddress.Parse("10.77.0.100"), 7400);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private readonly DemoOptions _options;
    private readonly ClusterShape _shape;
    private string _declaration = "";
    private StableImage _disk = null!;

    private DemoSite(DemoOptions options, ClusterShape shape, LabNetwork lab) => (_options, _shape, Lab) = (options, shape, lab);

    public LabNetwork Lab { get; }

    public LabCluster Cluster { get; private set; } = null!;

    public Observer Observer { get; private set; } = null!;

    public Prober Prober { get; private set; } = null!;

    public OrdersClient Client { get; private set; } = null!;

    /// <summary>Gets a time after which no lease renewed before is still valid, and whoever waited for it knows.</summary>
    public TimeSpan LeaseAndMargin => TimingProfile.All.First(profile => profile.Name == _options.Profile) is var profile ? profile.LeaseDuration + profile.Margin : default;

    /// <summary>Sets everything up and waits until both services answer.</summary>
    public static async Task<DemoSite> CreateAsync(DemoOptions options, ClusterShape shape, Action<string> say)
    {
        var lab = await LabNetwork.CreateAsync(new LabOptions
        {
            ProductFolder = Path.Combine(options.Root, "dist"),
            ProductCommand = shape == ClusterShape.OwnWallClocks ? ["env", .. WallClock.Environment.Select(variable => $"{variable.Key}={variable.Value}"), .. new LabOptions().ProductCommand] : new LabOptions().ProductCommand,
            Folders = new Dictionary<string, string> { ["/opt/samples"] = Path.Combine(options.Root, "samples") },
        });
        var site = new DemoSite(options, shape, lab);
        try
        {
            await site.SetUpAsync(say);
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
    /// <param name="on">The node that it must be; null when any will do.</param>
    /// <returns>That node, and whether the etcd leader is on it.</returns>
    public async Task<(LabHost Owner, bool IsLeader)> SettleAsync(LabHost? on = null)
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
                var owners = status.GetProperty("roles").EnumerateArray().Where(role => Roles.Contains(role.GetProperty("name").GetString()) && role.GetProperty("state").GetString() == "online")
                    .Select(role => role.GetProperty("owner").GetString()).ToList();
                if (leader.Length == 0 || owners.Count != Roles.Length)
                {
                    return false;
                }

                var members = nodes.Where(node => node.GetProperty("kind").GetString() == "member").Select(node => node.GetProperty("name").GetString()!).ToList();
                var wanted = _options.Leader switch
                {
                    _ when on is not null => on.Name,
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
            : await SettleAsync(on);
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

    /// <summary>Waits until nothing is missing any more: every node up, every voter's member of etcd answering for the quorum, both roles online.</summary>
    /// <exception cref="TimeoutException">It did not come to that.</exception>
    public Task WaitRedundantAsync() => Waiting.UntilAsync(
        async () =>
        {
            if (Cluster.Hosts.Any(host => !host.IsOn) || await TryStatusAsync() is not { } status || status.GetProperty("store").GetString() != "ok") return false;
            if (status.GetProperty("nodes").EnumerateArray().Any(node => node.GetProperty("state").GetString() != "up")) return false;
            if (status.GetProperty("roles").EnumerateArray().Any(role => role.GetProperty("state").GetString() != "online")) return false;
            var voters = status.GetProperty("nodes").EnumerateArray().Where(node => node.GetProperty("voter").GetBoolean()).Select(node => Host(node.GetProperty("name").GetString()!));
            return (await Task.WhenAll(voters.Select(StoreAnswersAsync))).All(answers => answers);
        },
        Limit, "redundancy does not come back", Look);

    /// <summary>Whether a node's member of etcd answers for the quorum: it does so only once it has caught up with what was committed before.</summary>
    public static async Task<bool> StoreAnswersAsync(LabHost host) =>
        (await host.RunAsync(["curl", "-sf", "-m", "2", .. StoreTrust, "https://127.0.0.1:2379/health"], Limit)).Output.Contains("true", StringComparison.Ordinal);

    /// <summary>The node whose member of etcd leads.</summary>
    public async Task<string> StoreLeaderAsync()
    {
        var leader = "";
        await Waiting.UntilAsync(
            async () => await TryStatusAsync() is { } status
                && (leader = status.GetProperty("nodes").EnumerateArray().Where(node => node.GetProperty("storeLeader").GetBoolean()).Select(node => node.GetProperty("name").GetString()!).FirstOrDefault("")).Length > 0,
            Limit, "nobody leads etcd", Look);
        return leader;
    }

    /// <summary>Writes a megabyte to etcd through a node's member, beside the cluster's own records, and only as well as it goes.</summary>
    public Task WriteToStoreAsync(LabHost through) => through.RunAsync(
        ["sh", "-c", $$"""{ printf '{"key":"bGFi","value":"'; head -c 1000000 /dev/urandom | base64 -w0; printf '"}'; } | curl -s -m 5 {{string.Join(' ', StoreTrust)}} --data-binary @- https://127.0.0.1:2379/v3/kv/put"""], Limit);

    /// <summary>Looks for what a fault damaged without a word: the database examines itself, and its disk is checked whole while nobody has it mounted.</summary>
    /// <returns>What was found; null when all is well.</returns>
    public async Task<string?> FindDamageAsync()
    {
        if (await Client.FindDamageAsync() is { } rows) return $"the database is damaged: {rows}";
        var host = await AnyAsync();
        await Cluster.CommandAsync(host, "role", "stop", "orders", "--wait");
        var check = await host.RunAsync(["e2fsck", "-f", "-n", _disk.DevicePath], Limit);
        await Cluster.CommandAsync(host, "role", "start", "orders", "--wait");
        await WaitSteadyAsync();
        return check.ExitCode == 0 ? null : $"the file system is damaged: {check.Output.Trim()}";
    }

    /// <summary>Forgets how often nodes and roles have failed: the faults before are not this one's.</summary>
    public async Task ResumeAsync()
    {
        var any = await AnyAsync();
        foreach (var host in Cluster.Hosts) await Cluster.TryCommandAsync(any, "node", "resume", host.Name);
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

    private async Task SetUpAsync(Action<string> say)
    {
        string[] names = _shape == ClusterShape.FiveMembers ? ["a", "b", "c", "d", "e"] : ["a", "b", "c"];
        var lastIsWitness = _shape == ClusterShape.TwoMembersAndWitness;
        say($"Making {(names.Length == 3 ? "three" : "five")} hosts, a bridge, a client and a shared disk…");
        var disk = _disk = await Lab.AddSharedDiskAsync(Disk, DiskBytes);
        var hosts = new List<LabHost>();
        foreach (var name in names)
        {
            hosts.Add(await Lab.AddHostAsync(name));
        }

        await PrepareDatabaseAsync(hosts[0], disk);
        say($"Creating the cluster, profile {_options.Profile}{(lastIsWitness ? ", two members and a witness" : "")}…");
        Cluster = await LabCluster.CreateAsync(Lab, hosts, _options.Profile, lastIsWitness, management: _options.Keep ? $"{Console.Address}/24" : null);
        Observer = new Observer(Lab);
        Observer.Assign("echo", Echo.Address);
        Observer.Assign("orders", Orders.Address);
        Observer.Assign("orders", disk);

        _declaration = await File.ReadAllTextAsync(Path.Combine(_options.Root, "samples", "demo", "demo.yaml"));
        _declaration = _declaration.Replace("/usr/lib/postgresql/15", PostgresFolder, StringComparison.Ordinal);
        _declaration = _declaration.Replace("[a, b, c]", $"[{string.Join(", ", lastIsWitness ? names[..^1] : names)}]", StringComparison.Ordinal);
        if (_shape == ClusterShape.OwnWallClocks)
        {
            var environment = string.Join(", ", WallClock.Environment.Select(variable => $"{variable.Key}: \"{variable.Value}\""));
            foreach (var user in new[] { "nobody", "postgres" }) _declaration = _declaration.Replace($"        user: {user}\n", $"        user: {user}\n        environment: {{ {environment} }}\n", StringComparison.Ordinal);
        }

        say("Declaring the roles echo and orders…");
        await Cluster.ApplyAsync(hosts[0], _declaration);
        Prober = new Prober(Lab.Client.Network, Echo);
        Client = new OrdersClient(Lab.Client.Network, Orders);
        await SettleAsync();
    }

    private static string[] StoreTrust => ["--cacert", "/var/lib/holdfast/trust/ca.crt", "--cert", "/var/lib/holdfast/trust/node.crt", "--key", "/var/lib/holdfast/trust/node.key"];

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
