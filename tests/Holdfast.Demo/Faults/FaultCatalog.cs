using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;

namespace Holdfast.Demo.Faults;

/// <summary>Every fault there is: those that the demo shows by itself, then those that only <c>--faults</c> names.</summary>
internal static partial class FaultCatalog
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Gets what the demo shows when nothing is named.</summary>
    public static IReadOnlyList<Fault> Shown { get; } =
    [
        new Fault
        {
            Name = "power-off",
            Summary = "the active node loses power: no goodbye, and what its disks had not been told to keep is gone",
            Strike = async (_, owner) => (await owner.PowerOffAsync()).LinkDown,
            Mend = (_, owner) => owner.PowerOnAsync(),
        },
        new Fault
        {
            Name = "failback",
            Summary = "the preferred node returns, and the roles go back to it",
            OnPreferred = true,
            IsWaitedFor = true,
            Prepare = async (site, owner) =>
            {
                await owner.PowerOffAsync();
                await site.WaitSteadyAsync();
                await site.SetFailbackAsync("at-once");
            },
            Strike = async (_, owner) =>
            {
                var begun = BootClock.Now;
                await owner.PowerOnAsync();
                return begun;
            },
            Await = (site, _) => Waiting.UntilAsync(async () => (await OwnersAsync(site)).All(name => name == site.Lab.Hosts[0].Name), Limit, "the roles do not go back", Look),
            Mend = (site, _) => site.SetFailbackAsync("never"),
        },
        new Fault
        {
            Name = "planned-move",
            Summary = "both roles are moved to another node, one after the other",
            Strike = async (site, owner) =>
            {
                var target = site.Cluster.Hosts.First(host => host != owner).Name;
                var begun = BootClock.Now;
                // One after the other: each shall be measured by itself.
                foreach (var role in DemoSite.Roles) await site.Cluster.CommandAsync(owner, "role", "move", role, "--to", target, "--wait");
                return begun;
            },
            Await = (site, owner) => Waiting.UntilAsync(async () => !(await OwnersAsync(site)).Contains(owner.Name), Limit, "the roles do not move", Look),
        },
        new Fault
        {
            Name = "service-kill",
            Summary = "the main process of each service is killed",
            Strike = (_, owner) =>
            {
                var begun = BootClock.Now;
                foreach (var process in new[] { MainProcess(owner, "echo", "perl"), MainProcess(owner, "orders", "postgres") })
                {
                    owner.Send(process, Signal.Kill);
                }

                return Task.FromResult(begun);
            },
        },
        new Fault
        {
            Name = "agent-kill",
            LeavesRoles = true,
            Expectation = Expectation.NothingHappens,
            Summary = "the agent of the active node is killed; the one that waits goes on, the roles under the leash notice nothing",
            Prepare = (_, owner) => Waiting.UntilAsync(() => owner.Find(ProductProcess.StandbyAgent).Count > 0, Limit, "no agent stands by"),
            Strike = (_, owner) => Task.FromResult(owner.Send(owner.Find(ProductProcess.Agent)[0], Signal.Kill)),

            // Only after the old lease would have run out is it certain that the new agent came in time.
            Await = async (site, owner) =>
            {
                var deadline = BootClock.Now + site.LeaseAndMargin;
                await Waiting.UntilAsync(() => BootClock.Now > deadline, Limit, "the lease's time");
                await Waiting.UntilAsync(async () => (await site.Cluster.TryCommandAsync(owner, "cluster", "status")).ExitCode == 0, Limit, "the agent does not come back", Look);
            },
        },
        new Fault
        {
            Name = "leash-kill",
            Summary = "the leash of the active node is killed, and with it everything that it holds",
            Strike = (_, owner) => Task.FromResult(owner.Send(owner.Find(ProductProcess.Leash)[0], Signal.Kill)),
        },
        new Fault
        {
            Name = "cable-pull",
            Summary = "the active node's cable is pulled; it must be silent before another node speaks",
            Strike = (_, owner) => owner.PullCableAsync(),
            Mend = (_, owner) => owner.PlugCableAsync(),
        },
        new Fault
        {
            Name = "two-nodes-and-witness",
            Summary = "power-off of the active one of two members; a witness keeps the majority",
            Shape = ClusterShape.TwoMembersAndWitness,
            Strike = async (_, owner) => (await owner.PowerOffAsync()).LinkDown,
            Mend = (_, owner) => owner.PowerOnAsync(),
        },
    ];

    /// <summary>Gets all of them.</summary>
    public static IReadOnlyList<Fault> All { get; } = [.. Shown, .. OfNetwork(), .. OfProcesses(), .. OfStore(), .. OfNodes()];

    /// <summary>Gets all names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(fault => fault.Name)];

    public static Fault Get(string name) => All.First(fault => fault.Name == name);

    private static int MainProcess(LabHost host, string role, string program) =>
        host.FindRole(role).First(id => Path.GetFileName(host.CommandLine(id)[0]) == program);

    private static async Task<IReadOnlyList<string?>> OwnersAsync(DemoSite site)
    {
        var roles = await site.Cluster.QueryAsync(await site.AnyAsync(), "role", "list");
        return [.. roles.EnumerateArray().Select(role => role.GetProperty("state").GetString() == "online" ? role.GetProperty("owner").GetString() : null)];
    }
}
