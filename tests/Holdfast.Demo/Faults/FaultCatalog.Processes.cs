using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;

namespace Holdfast.Demo.Faults;

internal static partial class FaultCatalog
{
    private const int LeasesPaused = 5;
    private static readonly TimeSpan Jumped = TimeSpan.FromSeconds(15);

    private static IEnumerable<Fault> OfProcesses() =>
    [
        new Fault
        {
            Name = "agent-pause",
            Summary = "the agent of the active node is stopped (SIGSTOP) for five leases, then goes on",
            Strike = (_, owner) => Task.FromResult(owner.Send(owner.Find(ProductProcess.Agent)[0], Signal.Stop)),
            Hold = (site, _) => PassAsync(site.LeaseAndMargin * LeasesPaused),
            Lift = (_, owner) => ContinueAsync(owner, ProductProcess.Agent),
        },
        new Fault
        {
            Name = "leash-pause",
            Summary = "the leash of the active node is stopped (SIGSTOP) for five leases, then goes on; its agent is the second killer",
            Strike = (_, owner) => Task.FromResult(owner.Send(owner.Find(ProductProcess.Leash)[0], Signal.Stop)),
            Hold = (site, _) => PassAsync(site.LeaseAndMargin * LeasesPaused),
            Lift = (_, owner) => ContinueAsync(owner, ProductProcess.Leash),
        },
        ClockJump("clock-forward", "+6h", "six hours forward"),
        ClockJump("clock-back", "-6h", "six hours back"),
    ];

    private static Fault ClockJump(string name, string offset, string words) => new()
    {
        Name = name,
        Summary = $"the wall clock of the active node jumps {words} for 15 s and returns: of leash, agent, PostgreSQL and every other program that asks the C library, by libfaketime; not of etcd, which asks the kernel itself. Boot and monotonic clocks are left alone",
        Shape = ClusterShape.OwnWallClocks,
        LeavesRoles = true,
        Expectation = Expectation.NothingHappens,
        Strike = async (_, owner) =>
        {
            await owner.SetWallClockAsync(offset);
            return BootClock.Now;
        },
        Hold = async (site, owner) =>
        {
            await PassAsync(Jumped);
            await RequireWallClockAsync(site, owner, offset);
        },
        Lift = (_, owner) => owner.SetWallClockAsync("+0"),
        // What returns is a jump as well.
        Await = (_, _) => PassAsync(Jumped),
    };

    /// <summary>A jump that nobody saw would prove nothing: the product itself must tell another time.</summary>
    private static async Task RequireWallClockAsync(DemoSite site, LabHost host, string offset)
    {
        var token = await site.Cluster.QueryAsync(host, "cluster", "token", "--lifetime", "1h");
        var seen = token.GetProperty("expires").GetDateTimeOffset() - TimeSpan.FromHours(1) - TimeProvider.System.GetUtcNow();
        if (Math.Abs(seen.TotalHours) < 5) throw new InvalidOperationException($"the wall clock of {host.Name} did not jump by {offset}: to its agent it is {seen.TotalSeconds:0} s off");
    }

    private static Task ContinueAsync(LabHost host, ProductProcess process)
    {
        foreach (var stopped in host.Find(process)) host.Send(stopped, Signal.Continue);
        return Task.CompletedTask;
    }
}
