using System.Diagnostics;
using Holdfast.Lab;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Labs;

/// <summary>The lab of one test class: hosts with the product on them, some of them a cluster, and a folder that all hosts share.</summary>
public abstract class ClusterFixture(string[] nodes, string[]? spares = null, bool lastIsWitness = false, string profile = "lan", bool serviceManager = false, bool nextBuild = false) : IAsyncLifetime
{
    /// <summary>How long anything may take: far beyond what it takes on a busy machine.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly List<LabHost> _spares = [];

    /// <summary>Gets the lab.</summary>
    public LabNetwork Lab { get; private set; } = null!;

    /// <summary>Gets the cluster.</summary>
    public LabCluster Cluster { get; private set; } = null!;

    /// <summary>Gets the first host that is not part of the cluster from the start; the product runs on it.</summary>
    public LabHost Spare => _spares[0];

    /// <summary>Gets or sets the shared database that the cluster is made on, from <see cref="PrepareAsync"/>; null for etcd.</summary>
    protected string? Store { get; set; }

    /// <summary>Gets or sets the virtual address of the management service, from <see cref="PrepareAsync"/>; null for a cluster without one.</summary>
    protected string? Management { get; set; }

    /// <summary>Gets what runs the product on a host.</summary>
    protected virtual IReadOnlyList<string> ProductCommand { get; } = new LabOptions().ProductCommand;

    /// <summary>Gets the folder of the services' beats, <c>/opt/beats</c> on every host.</summary>
    private string BeatFolder { get; } = Path.Combine(Path.GetTempPath(), $"holdfast-beats-{Guid.NewGuid():n}");

    /// <summary>Finds a host by its name.</summary>
    public LabHost this[string name] => Lab.Hosts.First(host => host.Name == name);

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (ClusterFactAttribute.Problem is not null) return; // Every test of the class is skipped.

        Directory.CreateDirectory(BeatFolder);
        File.SetUnixFileMode(BeatFolder, (UnixFileMode)0b111_111_111); // The services run as nobody.
        Lab = await LabNetwork.CreateAsync(new LabOptions
        {
            ProductFolder = Repository.Product,
            NextProductFolder = nextBuild ? Repository.NextProduct : null,
            ServiceManager = serviceManager,
            ProductCommand = ProductCommand,
            Folders = new Dictionary<string, string>
            {
                ["/opt/samples"] = Path.Combine(Repository.Root, "samples"),
                ["/opt/services"] = Path.Combine(Repository.Root, "tests", "Holdfast.EndToEnd.Tests", "Services"),
                ["/opt/beats"] = BeatFolder,
            },
        });
        await PrepareAsync();
        List<LabHost> hosts = [];
        foreach (var name in nodes) hosts.Add(await Lab.AddHostAsync(name));
        foreach (var name in spares ?? []) _spares.Add(await Lab.AddHostAsync(name));
        Cluster = await LabCluster.CreateAsync(Lab, hosts, profile, lastIsWitness, Store, Management);
        foreach (var spare in _spares)
        {
            await spare.PowerOnAsync();
            spare.StartProduct();
            await AgentAnswersAsync(spare);
        }

        await FinishAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (Lab is not null) await Lab.DisposeAsync();
        if (Directory.Exists(BeatFolder)) Directory.Delete(BeatFolder, recursive: true);
    }

    /// <summary>Brings back what an earlier test took away: power, cables, nodes, roles.</summary>
    public async Task ReadyAsync()
    {
        foreach (var host in Cluster.Hosts)
        {
            await host.HealAsync();
            if (!host.IsOn) await host.PowerOnAsync();
        }

        foreach (var host in Cluster.Hosts.Concat(_spares).Where(host => host.IsOn)) await AgentAnswersAsync(host);
        await AllUpAsync();
        foreach (var node in nodes) await Cluster.CommandAsync(Cluster.Hosts[0], "node", "resume", node);
        foreach (var role in await OwnRolesAsync(Cluster.Hosts[0])) await Cluster.TryCommandAsync(Cluster.Hosts[0], "delete", role.Text("name"), "--yes");
        foreach (var host in Cluster.Hosts)
            await UntilAsync(async () => (await OwnRolesAsync(host)).Count == 0, "no role is left from an earlier test");
        foreach (var file in Directory.EnumerateFiles(BeatFolder)) File.Delete(file);
    }

    /// <summary>Waits until every node is up in the eyes of every node.</summary>
    public async Task AllUpAsync()
    {
        foreach (var host in Cluster.Hosts)
        {
            await UntilAsync(
                async () => (await Cluster.TryQueryAsync(host, "node", "list"))?.EnumerateArray() is { } list && list.Count(node => node.Text("state") == "up") == nodes.Length,
                $"every node is up, as {host.Name} sees it");
        }
    }

    /// <summary>Waits for a condition; when it does not come, the failure shows the cluster as each host sees it.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        try
        {
            await Waiting.UntilAsync(condition, Limit, what, TimeSpan.FromMilliseconds(50));
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message}\n{await DescribeAsync()}", exception);
        }
    }

    /// <summary>Waits for a condition.</summary>
    public Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    /// <summary>Waits until a role is online, on the host given if one is.</summary>
    public async Task<LabHost> OnlineAsync(string role, LabHost? on = null, LabHost? asked = null)
    {
        LabHost? owner = null;
        await UntilAsync(
            async () => (asked is not null || (await AskableAsync() is { } any && (asked = any) is not null)) && (owner = await TryOwnerAsync(role, asked)) is not null && (on is null || owner == on),
            $"role {role} is online{(on is null ? "" : $" on {on.Name}")}");
        return owner!;
    }

    /// <summary>Waits until the agent of a host answers.</summary>
    public Task AgentAnswersAsync(LabHost host) =>
        UntilAsync(async () => (await host.RunAsync(["test", "-S", "/run/holdfast/agent.sock"], Limit)).ExitCode == 0, $"the agent of {host.Name} answers");

    /// <summary>What clients read from an address; empty when nobody answers.</summary>
    public async Task<string> AskAsync(string address, int port)
    {
        var answer = await Lab.Client.RunAsync(["timeout", "2", "bash", "-c", $"exec 3<>/dev/tcp/{address}/{port} && cat <&3"], Limit);
        return answer.ExitCode == 0 ? answer.Output.Trim() : "";
    }

    /// <summary>A receiver of spans, in a folder of its own below that of the beats.</summary>
    internal LabSpans ReceiveSpans(string folder)
    {
        var spans = new LabSpans(Path.Combine(BeatFolder, folder));
        spans.Start(Lab.Client, $"/opt/beats/{folder}");
        return spans;
    }

    internal BeatLog Beats(string role) => new(Path.Combine(BeatFolder, role));

    /// <summary>The numbers that a service or a client wrote down, one a line.</summary>
    internal IReadOnlyList<int> Numbers(string file)
    {
        var path = Path.Combine(BeatFolder, file);
        return File.Exists(path) && File.ReadAllText(path) is var text ? [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)] : [];
    }

    /// <summary>The whole lines that a service or a job wrote down.</summary>
    internal IReadOnlyList<string> Lines(string file) =>
        Path.Combine(BeatFolder, file) is var path && File.Exists(path) && File.ReadAllText(path) is var text ? text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries) : [];

    /// <summary>Sets up what hosts must find when they are made.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>Sets up what needs the cluster.</summary>
    protected virtual Task FinishAsync() => Task.CompletedTask;

    // The role that the cluster came with stays.
    private async Task<IReadOnlyList<System.Text.Json.JsonElement>> OwnRolesAsync(LabHost host) => [.. (await Cluster.RolesAsync(host)).Where(role => role.Text("name") != "management")];

    private async Task<LabHost?> AskableAsync()
    {
        foreach (var host in Cluster.Hosts.Where(host => host is { IsOn: true, IsPlugged: true }))
        {
            if (await Cluster.TryQueryAsync(host, "cluster", "status") is { } status && status.Text("store") != "no-quorum") return host;
        }

        return null;
    }

    private async Task<LabHost?> TryOwnerAsync(string role, LabHost asked) =>
        (await Cluster.TryQueryAsync(asked, "role", "list"))?.EnumerateArray().FirstOrDefault(item => item.Text("name") == role) is { ValueKind: not System.Text.Json.JsonValueKind.Undefined } found && found.Text("state") == "online"
            ? Cluster.Hosts.FirstOrDefault(host => host.Name == found.Text("owner")) : null;

    private async Task<string> DescribeAsync()
    {
        if (Cluster is null) return "";
        var text = new System.Text.StringBuilder();
        foreach (var host in Cluster.Hosts.Where(host => host.IsOn))
        {
            text.AppendLine($"--- as {host.Name} sees it").AppendLine((await Cluster.TryCommandAsync(host, "cluster", "status")).Output);
            text.AppendLine((await Cluster.TryCommandAsync(host, "events", "--node", host.Name, "--limit", "25")).Output);
        }

        return text.ToString();
    }
}
