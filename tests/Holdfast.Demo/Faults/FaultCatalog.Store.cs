using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;

namespace Holdfast.Demo.Faults;

internal static partial class FaultCatalog
{
    private const string Etcd = "/usr/bin/etcd";
    private const string State = "/var/lib/holdfast";
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(15);

    private static IEnumerable<Fault> OfStore() =>
    [
        new Fault
        {
            Name = "etcd-member-loss",
            Summary = "the member of etcd that leads is killed and cannot start again for 15 s",
            Strike = async (site, _) => await LoseEtcdAsync([site.Host(await site.StoreLeaderAsync())]),
            Hold = (site, _) => LackEtcdAsync(site, 1),
            Lift = (site, _) => ReturnEtcdAsync(site),
        },
        new Fault
        {
            Name = "etcd-quorum-loss",
            Summary = "the members of etcd on the two nodes that own nothing are killed and cannot start again for 15 s",
            Strike = (site, owner) => LoseEtcdAsync([.. site.Cluster.Hosts.Where(host => host != owner)]),
            Hold = (site, _) => LackEtcdAsync(site, site.Cluster.Hosts.Count),
            Lift = (site, _) => ReturnEtcdAsync(site),
            Expectation = Expectation.StopsInTime,
        },
        new Fault
        {
            Name = "disk-full-etcd",
            Summary = "the file system under the active node's etcd is full for 15 s, while the store is written to until etcd there fails",
            Prepare = (site, owner) => GiveEtcdItsOwnDiskAsync(site, owner),
            Strike = async (_, owner) =>
            {
                await FillAsync(owner, $"{State}/etcd");
                return BootClock.Now;
            },
            Hold = (site, owner) => OverflowAsync(site, owner),
            Lift = (_, owner) => ShellAsync(owner, $"rm {State}/etcd/filler"),
            Mend = (_, owner) => TakeEtcdsOwnDiskAsync(owner),
        },
        new Fault
        {
            Name = "disk-full-state",
            Summary = "the active node's state folder is full for 15 s: etcd's data, the journal and the node's records are there; the store is written to until etcd there fails",
            Strike = async (_, owner) =>
            {
                await FillAsync(owner, State);
                return BootClock.Now;
            },
            Hold = (site, owner) => OverflowAsync(site, owner),
            Lift = (_, owner) => ShellAsync(owner, $"rm {State}/filler"),
        },
    ];

    /// <summary>Kills members of etcd; the program is not there to be started again.</summary>
    private static async Task<TimeSpan> LoseEtcdAsync(IReadOnlyList<LabHost> hosts)
    {
        foreach (var host in hosts) await ShellAsync(host, $"mount --bind /bin/false {Etcd}");
        foreach (var host in hosts) host.Send(host.Find(ProductProcess.Etcd)[0], Signal.Kill);
        return BootClock.Now;
    }

    /// <summary>Lets the loss last, and makes sure that it did: so many members answer for no quorum.</summary>
    private static async Task LackEtcdAsync(DemoSite site, int silent)
    {
        await PassAsync(Lasting);
        var answers = await Task.WhenAll(site.Cluster.Hosts.Select(DemoSite.StoreAnswersAsync));
        if (answers.Count(answer => !answer) != silent) throw new InvalidOperationException($"{answers.Count(answer => !answer)} members of etcd are silent, and not {silent}");
    }

    private static async Task ReturnEtcdAsync(DemoSite site)
    {
        foreach (var host in site.Cluster.Hosts) await ShellAsync(host, $"while umount {Etcd} 2>/dev/null; do :; done");
    }

    private static Task FillAsync(LabHost host, string folder) =>
        ShellAsync(host, $"fallocate -l $(($(df --output=avail -k {folder} | tail -1) - 64))K {folder}/filler && {{ dd if=/dev/zero of={folder}/filler bs=4k oflag=append conv=notrunc,fsync 2>/dev/null || true; }}");

    /// <summary>Writes to the store until etcd on the full disk has failed, and lets it fail for a while.</summary>
    private static async Task OverflowAsync(DemoSite site, LabHost full)
    {
        var failing = full.Find(ProductProcess.Etcd);
        var writer = site.Cluster.Hosts.First(host => host != full);
        await Waiting.UntilAsync(
            async () =>
            {
                await site.WriteToStoreAsync(writer);
                return !full.Find(ProductProcess.Etcd).SequenceEqual(failing);
            },
            Limit, $"etcd on {full.Name} does not fail although its disk is full", Look);
        await PassAsync(Lasting);
    }

    // In the machine's memory, so that only etcd is short of space; what a power cut would leave of it is not asked here.
    private static async Task GiveEtcdItsOwnDiskAsync(DemoSite site, LabHost host)
    {
        await host.StopProductAsync();
        await ShellAsync(host, $"cd {State}; mv etcd etcd.aside; mkdir -m 700 etcd; mount -t tmpfs -o size=384m,mode=700 tmpfs etcd; cp -a etcd.aside/. etcd/");
        host.StartProduct();
        await site.SettleAsync(on: host);
    }

    private static async Task TakeEtcdsOwnDiskAsync(LabHost host)
    {
        await host.StopProductAsync();
        await ShellAsync(host, $"cd {State}; rm -rf etcd.aside; cp -a etcd etcd.aside; umount etcd; rmdir etcd; mv etcd.aside etcd");
        host.StartProduct();
    }

    private static async Task ShellAsync(LabHost host, string script)
    {
        var result = await host.RunAsync(["sh", "-ec", script], Limit);
        if (result.ExitCode != 0) throw new InvalidOperationException($"{script} on {host.Name}: {result.Output.Trim()}");
    }
}
