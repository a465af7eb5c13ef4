using System.Globalization;
using Holdfast.Lab;

namespace Holdfast.Bench.Failover;

/// <summary>The peers: keepalived with its default second between advertisements, and with a tenth of it.</summary>
internal static class Peers
{
    public static async Task PrintAsync(string checkout, int runs)
    {
        var folder = Directory.CreateTempSubdirectory("holdfast-bench-").FullName;
        try
        {
            foreach (var advertisement in new[] { TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100) })
            {
                foreach (var fault in Enum.GetValues<PeerFault>()) await PrintAsync(checkout, folder, new Keepalived(folder, advertisement), fault, runs);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task PrintAsync(string checkout, string folder, Keepalived peer, PeerFault fault, int runs)
    {
        await using var lab = await LabNetwork.CreateAsync(new LabOptions
        {
            Folders = new Dictionary<string, string> { ["/opt/samples"] = Path.Combine(checkout, "samples"), ["/opt/peer"] = folder },
        });
        foreach (var name in new[] { "a", "b", "c" }) await lab.AddHostAsync(name);
        var (what, run) = (fault == PeerFault.PowerOff ? "power-off" : "planned-move", 0);
        foreach (var outage in await peer.MeasureAsync(lab, fault, runs))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{{\"profile\":\"{peer.Name}\",\"fault\":\"{what}\",\"role\":\"address\",\"outageMs\":{outage.TotalMilliseconds:0.0},\"run\":{++run}}}"));
    }
}
