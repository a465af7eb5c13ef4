using System.Globalization;
using System.Text;
using System.Text.Json;
using Holdfast.Lab;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Holdfast.Lab.Observation;

namespace Holdfast.Bench.Scale;

/// <summary>
/// Three real nodes with many light roles, each one process: how long until all are back when a node loses its power, as the kernel shows their processes; and
/// what the nodes say to each other and to the store while nothing happens, with few roles and with many.
/// </summary>
internal static class ManyRoles
{
    private const int Few = 5;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    public static async Task PrintAsync(string checkout, int roles, int losses)
    {
        await using var lab = await LabNetwork.CreateAsync(new LabOptions { ProductFolder = Path.Combine(checkout, "dist") });
        List<LabHost> hosts = [];
        foreach (var name in new[] { "a", "b", "c" }) hosts.Add(await lab.AddHostAsync(name));
        var cluster = await LabCluster.CreateAsync(lab, hosts);
        using var observer = new Observer(lab);

        await StartAsync(cluster, Few);
        await PrintTrafficAsync(cluster, Few);
        var asked = BootClock.Now;
        await StartAsync(cluster, roles);
        Print(new { scale = "first start", roles, seconds = Round(BootClock.Now - asked) });
        await PrintTrafficAsync(cluster, roles);
        for (var loss = 0; loss < losses; loss++) await LoseAsync(cluster, observer, hosts[loss % hosts.Count], roles);
    }

    private static async Task StartAsync(LabCluster cluster, int roles)
    {
        var declaration = new StringBuilder("roles:\n");
        for (var role = 0; role < roles; role++)
            declaration.Append(CultureInfo.InvariantCulture, $"  {Name(role)}:\n    failback: at-once\n    resources:\n      main: {{ type: process, command: [sleep, infinity], user: nobody }}\n");
        await cluster.ApplyAsync(cluster.Hosts[0], declaration.ToString());
        await WaitOnlineAsync(cluster, roles);
    }

    private static Task WaitOnlineAsync(LabCluster cluster, int roles, LabHost? lost = null) => Waiting.UntilAsync(
        async () => (await cluster.QueryAsync(await cluster.AnyAsync(), "role", "list")).EnumerateArray()
            .Count(role => role.GetProperty("state").GetString() == "online" && role.GetProperty("owner").GetString() != lost?.Name) == roles,
        Limit, $"{roles} roles to be online", TimeSpan.FromSeconds(1));

    private static async Task LoseAsync(LabCluster cluster, Observer observer, LabHost lost, int roles)
    {
        await Task.Delay(Settling, TimeProvider.System);
        var had = Running(observer, lost.Name);
        var off = await lost.PowerOffAsync();
        await WaitOnlineAsync(cluster, roles, lost);
        var back = observer.Facts.Where(fact => fact.Kind == OwnershipKind.Process && fact.From > off.LinkDown && had.Contains(fact.Role)).GroupBy(fact => fact.Role).Select(facts => facts.Min(fact => fact.From) - off.LinkDown).Order().ToList();
        var twice = Enumerable.Range(0, roles).Sum(role => observer.DoubleActive(Name(role)));
        foreach (var doubled in Enumerable.Range(0, roles).SelectMany(role => observer.FindDouble(Name(role)))) Print(new { scale = "double", role = doubled.Role, hosts = string.Join(' ', doubled.Hosts), fromSeconds = Round(doubled.From - off.LinkDown), seconds = Round((doubled.To ?? BootClock.Now) - doubled.From) });
        Print(new { scale = "node lost", node = lost.Name, roles, itsRoles = had.Count, back = back.Count, firstSeconds = Round(back[0]), medianSeconds = Round(back[back.Count / 2]), lastSeconds = Round(back[^1]), doubleActive = twice });
        await lost.PowerOnAsync();
        lost.StartProduct();
        await Waiting.UntilAsync(() => Task.FromResult(Running(observer, lost.Name).Count >= roles / cluster.Hosts.Count * 9 / 10), Limit, $"roles to come back to {lost.Name}", TimeSpan.FromSeconds(1));
    }

    private static HashSet<string> Running(Observer observer, string host) => [.. observer.Facts.Where(fact => fact is { Kind: OwnershipKind.Process, To: null } && fact.Host == host).Select(fact => fact.Role)];

    private static async Task PrintTrafficAsync(LabCluster cluster, int roles)
    {
        await Task.Delay(Settling, TimeProvider.System);
        foreach (var host in cluster.Hosts)
        {
            var before = await BytesAsync(host);
            await Task.Delay(Quiet, TimeProvider.System);
            var after = await BytesAsync(host);
            Print(new { scale = "quiet", node = host.Name, roles, toOthersBytesPerSecond = (long)((after.Others - before.Others) / Quiet.TotalSeconds), onItselfBytesPerSecond = (long)((after.Itself - before.Itself) / Quiet.TotalSeconds) });
        }
    }

    /// <summary>What a host's interfaces have received and sent.</summary>
    private static async Task<(long Others, long Itself)> BytesAsync(LabHost host)
    {
        var lines = (await host.RunAsync(["cat", "/proc/net/dev"], Limit)).Output.Split('\n').Where(line => line.Contains(':', StringComparison.Ordinal)).Select(line => line.Split([':', ' '], StringSplitOptions.RemoveEmptyEntries));
        var (others, itself) = (0L, 0L);
        foreach (var line in lines)
        {
            if (line[0] == "lo") itself += long.Parse(line[9], CultureInfo.InvariantCulture);
            else others += long.Parse(line[1], CultureInfo.InvariantCulture) + long.Parse(line[9], CultureInfo.InvariantCulture);
        }

        return (others, itself);
    }

    private static string Name(int role) => $"light{role:000}";

    private static double Round(TimeSpan time) => Math.Round(time.TotalSeconds, 2);

    private static void Print<T>(T line) => Console.WriteLine(JsonSerializer.Serialize(line));
}
