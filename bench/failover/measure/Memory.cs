using System.Globalization;
using Holdfast.Lab;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;

namespace Holdfast.Bench.Failover;

/// <summary>What the product's processes hold in memory in a cluster of three nodes with twenty roles spread over them, after half a minute.</summary>
internal static class Memory
{
    private const int Roles = 20;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(30);

    public static async Task PrintAsync(string checkout)
    {
        await using var lab = await LabNetwork.CreateAsync(new LabOptions
        {
            ProductFolder = Path.Combine(checkout, "dist"), Folders = new Dictionary<string, string> { ["/opt/samples"] = Path.Combine(checkout, "samples") },
        });
        List<LabHost> hosts = [];
        foreach (var name in new[] { "a", "b", "c" }) hosts.Add(await lab.AddHostAsync(name));
        var cluster = await LabCluster.CreateAsync(lab, hosts);
        await cluster.ApplyAsync(hosts[0], "roles:\n" + string.Concat(Enumerable.Range(1, Roles).Select(n => $$"""
              echo{{n}}:
                preferred-owners: [{{"abc"[n % 3]}}]
                resources:
                  address: { type: ip-address, address: 10.77.0.{{100 + n}}/24 }
                  service: { type: process, command: [perl, /opt/samples/echo/echo.pl, "{{7000 + n}}"], user: nobody }

            """)));
        for (var n = 1; n <= Roles; n++) await cluster.WaitOnlineAsync($"echo{n}", asked: hosts[0]);
        await Task.Delay(Settled, TimeProvider.System);
        foreach (var host in hosts)
        {
            foreach (var kind in new[] { ProductProcess.Agent, ProductProcess.StandbyAgent, ProductProcess.Leash, ProductProcess.Etcd })
            {
                foreach (var process in host.Find(kind)) Console.WriteLine(Line(host.Name, kind, process));
            }
        }
    }

    private static string Line(string host, ProductProcess kind, int process) => string.Create(CultureInfo.InvariantCulture,
        $"{{\"memory\":\"{kind}\",\"node\":\"{host}\",\"roles\":{Roles},\"residentMb\":{Field(process, "status", "VmRSS"):0.0},\"ownMb\":{Field(process, "status", "RssAnon"):0.0},\"proportionalMb\":{Field(process, "smaps_rollup", "Pss"):0.0}}}");

    private static double Field(int process, string file, string name) => double.Parse(
        File.ReadLines($"/proc/{process}/{file}").First(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
}
