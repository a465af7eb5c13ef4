using System.Text.Json;
using Holdfast.Lab.Hosts;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Labs;

/// <summary>Three members, a, b and c.</summary>
public sealed class ThreeNodes() : ClusterFixture(["a", "b", "c"]);

/// <summary>Three members, a, b and c, with leases of seconds: nothing moves because the machine is busy.</summary>
public sealed class ThreePatientNodes() : ClusterFixture(["a", "b", "c"], profile: "wan");

/// <summary>Three members with leases of seconds, and a host d that belongs to no cluster.</summary>
public sealed class ThreePatientNodesAndSpare() : ClusterFixture(["a", "b", "c"], spares: ["d"], profile: "wan");

/// <summary>Two members, a and b, and a host c that belongs to no cluster.</summary>
public sealed class TwoNodesAndSpare() : ClusterFixture(["a", "b"], spares: ["c"]);

/// <summary>Two members, a and b, and a witness w.</summary>
public sealed class TwoNodesAndWitness() : ClusterFixture(["a", "b", "w"], lastIsWitness: true);

/// <summary>Three members with leases of seconds, and a disk that all of them reach as <c>/dev/shared/orders</c>.</summary>
public sealed class ThreeNodesWithDisk() : ClusterFixture(["a", "b", "c"], profile: "wan")
{
    /// <inheritdoc/>
    protected override async Task PrepareAsync() => await Lab.AddSharedDiskAsync("orders", 128 << 20);
}

/// <summary>Three members with leases of seconds, and a disk of half a GiB that all of them reach as <c>/dev/shared/films</c>.</summary>
public sealed class ThreeNodesWithLargeDisk() : ClusterFixture(["a", "b", "c"], profile: "wan")
{
    /// <inheritdoc/>
    protected override async Task PrepareAsync() => await Lab.AddSharedDiskAsync("films", 512 << 20);
}

/// <summary>Two members with leases of seconds, and a host with the database that is their store; a second one can become its standby.</summary>
public sealed class TwoNodesAndDatabase() : ClusterFixture(["a", "b"], profile: "wan")
{
    internal LabDatabase Database { get; private set; } = null!;

    internal LabDatabase Standby { get; private set; } = null!;

    /// <inheritdoc/>
    protected override async Task PrepareAsync()
    {
        Database = new LabDatabase(await Lab.AddHostAsync("db"));
        Standby = new LabDatabase(await Lab.AddHostAsync("db2"));
        await Database.CreateAsync();
        Store = $"postgres://postgres@{Database.Host.Address},{Standby.Host.Address}/postgres";
    }
}

/// <summary>Three members with the management service at an address of its own, a host with the database of its history, and a host d that belongs to no cluster. Agents and service send spans to the client's machine.</summary>
public sealed class ThreeManagedNodes() : ClusterFixture(["a", "b", "c"], spares: ["d"])
{
    /// <summary>The virtual address of the service.</summary>
    public const string Address = "10.77.0.200";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> ProductCommand { get; } = ["env", $"OTEL_EXPORTER_OTLP_ENDPOINT=http://10.77.0.250:{LabSpans.Port}", "OTEL_BSP_SCHEDULE_DELAY=200", .. new Holdfast.Lab.LabOptions().ProductCommand];

    private LabDatabase _database = null!;

    /// <inheritdoc/>
    protected override async Task PrepareAsync()
    {
        _database = new LabDatabase(await Lab.AddHostAsync("db"));
        await _database.CreateAsync();
        Management = Address + "/24";
    }

    /// <inheritdoc/>
    protected override async Task FinishAsync()
    {
        // Synced: a test takes the power away.
        foreach (var host in Cluster.Hosts) await host.ShellAsync($"echo 'postgres://postgres@{_database.Host.Address}/postgres' >/var/lib/holdfast/history-database; sync /var/lib/holdfast/history-database");
        await Cluster.ApplyAsync(Cluster.Hosts[0], $$"""
            roles:
              management:
                resources:
                  address: { type: ip-address, address: {{Address}}/24 }
                  service: { type: management, depends-on: [address], database-file: /var/lib/holdfast/history-database }
            """);
    }

    /// <summary>The owner, once the service there answers with the database that the role was given.</summary>
    internal async Task<LabHost> ServingAsync()
    {
        LabHost owner = null!;
        await UntilAsync(async () =>
        {
            owner = await OnlineAsync("management");
            var health = await owner.RunAsync(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket", "/run/holdfast/management.sock", "http://x/health/database"], Limit);
            return health.Output.Trim() == "200" && (await owner.RunAsync(["pgrep", "-f", "holdfast management.*database-file"], Limit)).ExitCode == 0;
        }, "the service answers with its database");
        return owner;
    }

    /// <summary>What the service says at an address, asked by a machine of the network; undefined when it does not answer.</summary>
    internal async Task<JsonElement> TryOverviewAsync(string address, string token)
    {
        var result = await Lab.Client.RunAsync(["curl", "-skf", "-m", "2", "-H", $"Authorization: Bearer {token}", $"https://{address}:7400/api/v1/overview"], Limit);
        return result.ExitCode == 0 ? JsonDocument.Parse(result.Output).RootElement.Clone() : default;
    }

    /// <summary>A token of an administrator, made by root on a host.</summary>
    internal async Task<string> TokenAsync(LabHost host)
    {
        var made = await host.ShellAsync("curl -s --unix-socket /run/holdfast/agent.sock -H 'Content-Type: application/json' http://x/v1/management/service/api/v1/tokens -d '{\"name\":\"tests\",\"level\":\"admin\",\"expires\":\"'$(date -u -d '+1 day' +%Y-%m-%dT%H:%M:%SZ)'\"}'");
        return JsonDocument.Parse(made).RootElement.GetProperty("token").GetString()!;
    }
}

/// <summary>Tests of jobs share one cluster with leases of less than a second, one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class JobCluster : ICollectionFixture<ThreeNodes>
{
    /// <summary>Its name.</summary>
    public const string Name = "job cluster";
}

/// <summary>Tests of the management service share one cluster, one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ManagedCluster : ICollectionFixture<ThreeManagedNodes>
{
    /// <summary>Its name.</summary>
    public const string Name = "managed cluster";
}

/// <summary>A cluster of one member, a, and hosts c and d that belong to none.</summary>
public sealed class OneNodeAndSpares() : ClusterFixture(["a"], spares: ["c", "d"], profile: "wan");

/// <summary>Three members with leases of seconds, on hosts that a real systemd runs.</summary>
public sealed class ThreeNodesWithSystemd() : ClusterFixture(["a", "b", "c"], profile: "wan", serviceManager: true);

/// <summary>Three members with leases of seconds and a host d that belongs to no cluster, each with two builds of the product to choose from; and a disk that all of them reach as <c>/dev/shared/ledger</c>.</summary>
public sealed class ThreeNodesAndNextBuild() : ClusterFixture(["a", "b", "c"], spares: ["d"], profile: "wan", nextBuild: true)
{
    /// <inheritdoc/>
    protected override async Task PrepareAsync() => await Lab.AddSharedDiskAsync("ledger", 128 << 20);
}
