using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Holdfast.Lab.Observation;

namespace Holdfast.Demo.Faults;

internal static partial class FaultCatalog
{
    private const int RandomMoves = 3;
    private static readonly TimeSpan ImageAge = TimeSpan.FromSeconds(10);

    private static IEnumerable<Fault> OfNodes() =>
    [
        // Stopped: its processes are gone. Released: its disk is unmounted, the last it gives up. Taken: the target has mounted it.
        KilledMove("move-killed-stopped", "the old owner loses power when the processes of orders have ended there and its disk is still mounted", hitsTarget: false,
            (site, owner, target) => !Holds(site, owner, OwnershipKind.Process) || Holds(site, target, OwnershipKind.Mount)),
        KilledMove("move-killed-released", "the old owner loses power when it has given up everything of orders", hitsTarget: false,
            (site, owner, _) => Enum.GetValues<OwnershipKind>().All(kind => !Holds(site, owner, kind))),
        KilledMove("move-killed-taken", "the new owner loses power when it has mounted the disk of orders and its database is starting", hitsTarget: true,
            (site, _, target) => Holds(site, target, OwnershipKind.Mount)),
        .. Enumerable.Range(1, RandomMoves).Select(seed =>
        {
            const int Longest = 600;
            var after = TimeSpan.FromMilliseconds(new Random(seed).Next(Longest));
            var begun = TimeSpan.MaxValue;
            return KilledMove($"move-killed-{seed}", $"the {(seed % 2 == 0 ? "new" : "old")} owner loses power {after.TotalMilliseconds:0} ms after the move of orders was asked for (drawn at random)", hitsTarget: seed % 2 == 0, (site, _, _) =>
            {
                if (begun > BootClock.Now) begun = BootClock.Now;
                return BootClock.Now >= begun + after;
            });
        }),
        new Fault
        {
            Name = "two-of-five",
            Summary = "the active node, a voter, and a node that does not vote lose power in the same moment",
            Shape = ClusterShape.FiveMembers,
            OnPreferred = true,
            Strike = (site, owner) => CutAllAsync([owner, site.Lab.Hosts[^1]]),
            Mend = (site, _) => ReturnAllAsync(site),
        },
        new Fault
        {
            Name = "two-voters-of-five",
            Summary = "the active node and another of the three voters lose power in the same moment, and with them the quorum; after 10 s one returns",
            Shape = ClusterShape.FiveMembers,
            OnPreferred = true,
            Expectation = Expectation.StopsInTime,
            Strike = (site, owner) => CutAllAsync([owner, site.Lab.Hosts[1]]),
            Hold = (_, _) => PassAsync(ImageAge),
            Lift = (site, _) => site.Lab.Hosts[1].PowerOnAsync(),
            Mend = (site, _) => ReturnAllAsync(site),
        },
        new Fault
        {
            Name = "old-disk-image",
            Summary = "the active node's disk is copied while it runs; 10 s of writes later it loses power and comes back with the copy",
            Prepare = async (_, owner) =>
            {
                await owner.CopyStateDiskAsync();
                await PassAsync(ImageAge);
            },
            Strike = async (_, owner) => (await owner.PowerOffAsync()).LinkDown,
            Mend = async (_, owner) =>
            {
                await owner.PutStateDiskBackAsync();
                await owner.PowerOnAsync();
            },
            Expectation = Expectation.Tells("its old copy of the store is discarded, and it joins again as a new incarnation", "node.copy-discarded"),
        },
    ];

    private static Fault KilledMove(string name, string summary, bool hitsTarget, Func<DemoSite, LabHost, LabHost, bool> isTime) => new()
    {
        Name = name,
        Summary = $"during a planned move {summary}",
        Strike = async (site, owner) =>
        {
            var target = site.Cluster.Hosts.First(host => host != owner);
            var (asked, struck) = (site.Cluster.Hosts.First(host => host != owner && host != target), hitsTarget ? target : owner);
            var move = site.Cluster.TryCommandAsync(asked, "role", "move", "orders", "--to", target.Name);
            await Waiting.UntilAsync(() => isTime(site, owner, target), Limit, "the moment of the move");
            var off = await struck.PowerOffAsync();
            await move;
            return off.LinkDown;
        },
        Mend = (site, _) => ReturnAllAsync(site),
    };

    private static bool Holds(DemoSite site, LabHost host, OwnershipKind kind) => site.Observer.Facts.Any(fact => fact.Role == "orders" && fact.Host == host.Name && fact.Kind == kind && fact.To is null);

    private static async Task<TimeSpan> CutAllAsync(IReadOnlyList<LabHost> hosts) => (await Task.WhenAll(hosts.Select(host => host.PowerOffAsync()))).Max(off => off.LinkDown);

    private static async Task ReturnAllAsync(DemoSite site)
    {
        foreach (var host in site.Cluster.Hosts.Where(host => !host.IsOn)) await host.PowerOnAsync();
    }
}
