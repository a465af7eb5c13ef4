// Measures the peers as ./demo measures the product: the same hosts, the same prober, the same kind of line.
//
//   bench-failover-peers CHECKOUT RUNS
using System.Globalization;
using Holdfast.Bench.Failover;
using Holdfast.Lab;

var (checkout, runs) = (args[0], int.Parse(args[1], CultureInfo.InvariantCulture));
var folder = Directory.CreateTempSubdirectory("holdfast-bench-").FullName;
try
{
    foreach (var advertisement in new[] { TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100) })
    {
        foreach (var fault in new[] { PeerFault.PowerOff, PeerFault.PlannedMove })
        {
            var peer = new Keepalived(folder, advertisement);
            await using var lab = await LabNetwork.CreateAsync(new LabOptions
            {
                Folders = new Dictionary<string, string> { ["/opt/samples"] = Path.Combine(checkout, "samples"), ["/opt/peer"] = folder },
            });
            foreach (var name in new[] { "a", "b", "c" }) await lab.AddHostAsync(name);
            var run = 0;
            foreach (var outage in await peer.MeasureAsync(lab, fault, runs))
            {
                var name = fault == PeerFault.PowerOff ? "power-off" : "planned-move";
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{{\"profile\":\"{peer.Name}\",\"fault\":\"{name}\",\"role\":\"address\",\"outageMs\":{outage.TotalMilliseconds:0.0},\"run\":{++run}}}"));
            }
        }
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}
