using System.Globalization;
using System.Net;
using Holdfast.Lab;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Holdfast.Lab.Probing;

namespace Holdfast.Bench.Failover;

/// <summary>
/// keepalived on three lab hosts with one virtual address (VRRP 3, no preemption). The service runs on all of them, because
/// keepalived moves only the address: its take-over starts nothing.
/// </summary>
/// <param name="folder">A folder that every host sees as <c>/opt/peer</c>.</param>
/// <param name="advertisement">Between two advertisements; a backup takes over after three.</param>
internal sealed class Keepalived(string folder, TimeSpan advertisement)
{
    public const string Address = "10.77.0.101";
    private const int Port = 7000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(500);

    public string Name => string.Create(CultureInfo.InvariantCulture, $"keepalived {advertisement.TotalSeconds:0.###} s");

    /// <summary>Makes a fault again and again and returns each outage that the client saw.</summary>
    public async Task<IReadOnlyList<TimeSpan>> MeasureAsync(LabNetwork lab, PeerFault fault, int runs)
    {
        foreach (var host in lab.Hosts)
        {
            await host.PowerOnAsync();
            Start(host);
        }

        using var prober = new Prober(lab.Client.Network, new IPEndPoint(IPAddress.Parse(Address), Port));
        List<TimeSpan> outages = [];
        for (var run = 0; run < runs; run++)
        {
            var reply = await prober.WaitServingAsync(Hold, Limit);
            var master = lab.Hosts.First(host => host.Name == reply.Split(' ')[0]);
            // At another moment between two advertisements each time.
            await Task.Delay((3 * advertisement) + (advertisement * (run * 0.137 % 1)), TimeProvider.System);
            var at = BootClock.Now;
            if (fault == PeerFault.PowerOff) await master.PowerOffAsync();
            else foreach (var process in Processes(master)) master.Send(process, Signal.Terminate);

            await Waiting.UntilAsync(() => prober.Latest is { IsGood: true, Reply: { } now } && !now.StartsWith(master.Name + " ", StringComparison.Ordinal), Limit, $"nobody takes over from {master.Name}");
            await prober.WaitServingAsync(Hold, Limit);
            outages.Add(Outage.Longest(prober.Probes, at, BootClock.Now)!.Value.Duration);

            if (fault == PeerFault.PowerOff) await master.PowerOnAsync();
            else await Waiting.UntilAsync(() => Processes(master).Count == 0, Limit, "keepalived does not end");
            Start(master);
            await Task.Delay(TimeSpan.FromSeconds(1) + (4 * advertisement), TimeProvider.System);
        }

        return outages;
    }

    private static IReadOnlyList<int> Processes(LabHost host) => host.Find(arguments => arguments is [var program, ..] && Path.GetFileName(program) == "keepalived");

    private void Start(LabHost host)
    {
        var priority = 100 - host.Name[0] + 'a';
        File.WriteAllText(Path.Combine(folder, $"{host.Name}.conf"), $$"""
            global_defs {
              router_id {{host.Name}}
            }
            vrrp_instance V {
              state BACKUP
              interface eth0
              virtual_router_id 77
              priority {{priority}}
              advert_int {{advertisement.TotalSeconds.ToString(CultureInfo.InvariantCulture)}}
              version 3
              nopreempt
              virtual_ipaddress { {{Address}}/24 dev eth0 }
            }
            """);
        if (host.Find(arguments => arguments.Contains("/opt/samples/echo/echo.pl")).Count == 0)
            host.Start(["perl", "/opt/samples/echo/echo.pl", $"{Port}"], new Dictionary<string, string> { ["HOLDFAST_NODE"] = host.Name, ["HOLDFAST_EPOCH"] = "0" });
        host.Start(["keepalived", "--dont-fork", "--vrrp", "--log-detail", "--log-console", $"--use-file=/opt/peer/{host.Name}.conf", "--pid=/run/lab/keepalived.pid", "--vrrp_pid=/run/lab/vrrp.pid"], log: "keepalived");
    }
}

/// <summary>What befalls the node that has the address.</summary>
internal enum PeerFault
{
    /// <summary>Its power goes.</summary>
    PowerOff,

    /// <summary>keepalived is asked to end and hands over.</summary>
    PlannedMove,
}
