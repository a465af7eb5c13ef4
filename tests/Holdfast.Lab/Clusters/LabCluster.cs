using System.Diagnostics;
using System.Text.Json;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;

namespace Holdfast.Lab.Clusters;

/// <summary>A cluster of lab hosts, made with the product's own command line.</summary>
public sealed class LabCluster
{
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan StoreLimit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private LabCluster(LabNetwork lab, IReadOnlyList<LabHost> hosts) => (Lab, Hosts) = (lab, hosts);

    /// <summary>Gets the lab.</summary>
    public LabNetwork Lab { get; }

    /// <summary>Gets the hosts in the order in which they joined.</summary>
    public IReadOnlyList<LabHost> Hosts { get; }

    /// <summary>Powers the hosts on, creates a cluster on the first and joins the others; the last one as a witness when asked, on a shared database when one is given, with the management service at an address when that is given.</summary>
    public static async Task<LabCluster> CreateAsync(LabNetwork lab, IReadOnlyList<LabHost> hosts, string profile = "lan", bool lastIsWitness = false, string? store = null, string? management = null)
    {
        foreach (var host in hosts)
        {
            await host.PowerOnAsync();
            host.StartProduct();
        }

        var cluster = new LabCluster(lab, hosts);
        await Task.WhenAll(hosts.Select(host => Waiting.UntilAsync(async () => (await host.RunAsync(["test", "-S", "/run/holdfast/agent.sock"], CommandLimit)).ExitCode == 0, CommandLimit, $"the agent of {host.Name}", Look)));
        string[] database = store is null ? [] : ["--store", store];
        await cluster.CommandAsync(hosts[0], ["cluster", "create", "lab", "--address", hosts[0].Address, "--node", hosts[0].Name, "--profile", profile, .. database, .. management is null ? (string[])["--no-management"] : ["--management-address", management]]);
        foreach (var host in hosts.Skip(1))
        {
            var token = (await cluster.QueryAsync(hosts[0], "cluster", "token")).GetProperty("token").GetString()!;
            string[] witness = lastIsWitness && host == hosts[^1] ? ["--witness"] : [];
            await cluster.CommandAsync(host, ["node", "join", "--token", token, "--address", host.Address, "--node", host.Name, .. witness]);
        }

        return cluster;
    }

    /// <summary>Runs a command of the product on a host; again, while it says that nothing was done because the store did not answer, as it is when etcd elects a leader.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It exited with another code than 0.</exception>
    public async Task<string> CommandAsync(LabHost host, params string[] arguments)
    {
        var result = await TryCommandAsync(host, arguments);
        var begun = Stopwatch.StartNew();
        while (IsNothingDone(result) && begun.Elapsed < StoreLimit) result = await TryCommandAsync(host, arguments);
        return result.ExitCode == 0 ? result.Output
            : throw new InvalidOperationException($"'holdfast {string.Join(' ', arguments)}' on {host.Name} exited with {result.ExitCode}: {result.Output}");
    }

    /// <summary>Moves a role and waits until it is there; again, while it went elsewhere because the lease of where it should go had just run out, as short ones do on a busy machine.</summary>
    public Task MoveAsync(LabHost asked, string role, string to) => Waiting.UntilAsync(async () =>
    {
        var result = await TryCommandAsync(asked, "role", "move", role, "--to", to, "--wait");
        if (result.ExitCode == 0) return true;
        if (IsNothingDone(result) || result.Output.TrimEnd().EndsWith("[role.elsewhere]", StringComparison.Ordinal)) return false;
        throw new InvalidOperationException($"Role {role} could not be moved to {to}: {result.Output}");
    }, CommandLimit, $"role {role} to be moved to {to}", Look);

    /// <summary>Runs a command of the product on a host, whatever comes of it.</summary>
    public Task<CommandResult> TryCommandAsync(LabHost host, params string[] arguments) => host.RunAsync(["holdfast", .. arguments], CommandLimit);

    /// <summary>Runs a command with <c>--json</c>.</summary>
    public async Task<JsonElement> QueryAsync(LabHost host, params string[] arguments)
    {
        var output = await CommandAsync(host, [.. arguments, "--json"]);
        return JsonDocument.Parse(output).RootElement.Clone();
    }

    /// <summary>Writes a declaration to a host and applies it.</summary>
    public async Task ApplyAsync(LabHost host, string yaml)
    {
        await host.RunAsync(["sh", "-c", $"cat >/tmp/declaration.yaml <<'END_OF_DECLARATION'\n{yaml}\nEND_OF_DECLARATION"], CommandLimit);
        await CommandAsync(host, "apply", "-f", "/tmp/declaration.yaml");
    }

    /// <summary>A host that is on and whose agent answers.</summary>
    public async Task<LabHost> AnyAsync(Func<LabHost, bool>? wanted = null)
    {
        foreach (var host in Hosts.Where(host => host.IsOn && (wanted is null || wanted(host))))
        {
            if ((await TryCommandAsync(host, "cluster", "status", "--json")).ExitCode == 0) return host;
        }

        throw new InvalidOperationException("No host of the cluster answers.");
    }

    /// <summary>The host that owns a role and has it online; null when none has.</summary>
    public async Task<LabHost?> OwnerAsync(string role, LabHost? asked = null)
    {
        var roles = await QueryAsync(asked ?? await AnyAsync(), "role", "list");
        foreach (var item in roles.EnumerateArray())
        {
            if (item.GetProperty("name").GetString() == role && item.GetProperty("state").GetString() == "online")
                return Hosts.FirstOrDefault(host => host.Name == item.GetProperty("owner").GetString());
        }

        return null;
    }

    /// <summary>Waits until a role is online, on the host given if one is.</summary>
    public async Task<LabHost> WaitOnlineAsync(string role, LabHost? on = null, LabHost? asked = null, TimeSpan? limit = null)
    {
        LabHost? owner = null;
        await Waiting.UntilAsync(
            async () => (owner = await OwnerAsync(role, asked)) is not null && (on is null || owner == on),
            limit ?? CommandLimit, $"role {role} to be online{(on is null ? "" : $" on {on.Name}")}", Look);
        return owner!;
    }

    private static bool IsNothingDone(CommandResult result) =>
        result.ExitCode == 5 && result.Output.Contains("Nothing was done", StringComparison.Ordinal) && result.Output.Contains("[store.unavailable]", StringComparison.Ordinal);
}
