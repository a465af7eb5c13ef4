using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Resources;
using Holdfast.Agent.Resources.Disks;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Rehearsals;

/// <summary>
/// Rehearses a role on this node: one unit of the leash with a network, a process table and a file system of its own, all of which end with it,
/// also when the agent does not live to end it. What the role's programs write goes to memory; what they listen on nobody else can reach.
/// </summary>
internal sealed class RehearsalStage(NodeRuntime runtime, AgentOptions options)
{
    /// <summary>What the units are called.</summary>
    public const string UnitPrefix = "@rehearsal-";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(25); // Within what the command line waits for an answer.

    // In order: a file system in memory for everything that is written; the machine's files beneath it, as they are, whatever is mounted among them;
    // then none of the machine's sockets and temporary files, but the folders that services keep theirs in. Mounts and network are the unit's own, so nothing of it is left behind.
    private const string Stage = """
        t=$1; n=0; shift
        mount -t tmpfs -o mode=0755 rehearsal "$t"
        mkdir "$t/up" "$t/work" "$t/root"
        mount -t overlay rehearsal -o "lowerdir=/,upperdir=$t/up,workdir=$t/work" "$t/root"
        findmnt -rno TARGET | while read -r m; do
          case $m in / | "$t" | "$t"/* | /run | /run/* | /tmp | /tmp/* | /proc | /proc/* | /sys | /sys/* | /dev | /dev/*) continue ;; esac
          [ -e "$t/root$m" ] || continue
          n=$((n + 1)); mkdir "$t/up$n" "$t/work$n"
          [ -d "$m" ] && mount -t overlay rehearsal -o "lowerdir=$m,upperdir=$t/up$n,workdir=$t/work$n" "$t/root$m" 2>/dev/null && continue
          mount --bind "$m" "$t/root$m" && mount -o remount,bind,ro "$t/root$m" || exit 1
        done
        for d in proc sys dev; do mount --rbind "/$d" "$t/root/$d"; done
        mount -t tmpfs -o mode=0755 rehearsal "$t/root/run"
        mount -t tmpfs -o mode=1777 rehearsal "$t/root/tmp"
        (cd /run && find . -xdev -path ./holdfast -prune -o -type d -print0 | tar --null --no-recursion -T - -cf - | tar -C "$t/root/run" -xpf -)
        ip link set lo up
        exec chroot "$t/root" "$@"
        """;

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Ends what an agent before this one left.</summary>
    public static async Task ClearAsync(ILeash leash, IEnumerable<HeldUnit> held, CancellationToken cancellationToken)
    {
        foreach (var unit in held.Where(unit => unit.Unit.StartsWith(UnitPrefix, StringComparison.Ordinal))) await leash.StopAsync(unit.Unit, 9, TimeSpan.Zero, cancellationToken);
    }

    /// <summary>Rehearses a role here.</summary>
    /// <exception cref="HoldfastException">Codes <c>role.not-found</c>, <c>rehearsal.*</c>.</exception>
    public async Task<RehearsalAnswer> RunAsync(RoleName name, CancellationToken cancellationToken)
    {
        if (options.Development) throw new HoldfastException(ErrorKind.Conflict, "rehearsal.needs-root", "A rehearsal needs a network and mounts of its own, which only root can make.", "Rehearse on a real node.");
        var (view, _) = runtime.Operations.Situation();
        if (!view.Roles.TryGetValue(name, out var role)) throw new HoldfastException(ErrorKind.NotFound, "role.not-found", $"There is no role {name}.", "See 'holdfast role list'.");
        var placement = view.Placements.TryGetValue(name, out var placed) ? placed.Value : Placement.Unplaced(name);
        if (!placement.IsFree && placement.Owner == runtime.Node)
            throw new HoldfastException(ErrorKind.Conflict, "rehearsal.owner", $"{runtime.Node} owns {name}; what it does there needs no rehearsal.", $"Name another node with --on; 'holdfast role standby {name}' shows which there are.");
        if (!await _one.WaitAsync(0, cancellationToken)) throw new HoldfastException(ErrorKind.Conflict, "rehearsal.busy", $"{runtime.Node} is rehearsing already.", "Try again in a while.");
        try
        {
            return Answer(view, role.Value, placement, await PlayAsync(role.Value, placement, cancellationToken));
        }
        finally
        {
            _one.Release();
        }
    }

    private RehearsalAnswer Answer(ClusterView view, RoleSpec role, Placement placement, RehearsalOutcome outcome)
    {
        var whole = outcome.Resources.All(resource => resource.Outcome == "online");
        // As if it had been measured in a takeover, which is what the forecast is told from.
        var measured = new TakeoverMeasure(runtime.Node, ChangeKind.NodeLost, TimeSpan.FromMilliseconds(outcome.StartMs), null);
        var status = new RoleStatus { Role = role.Name, Node = runtime.Node, Epoch = placement.Epoch, State = OnlineState.Online, Reason = "", Takeovers = [measured] };
        var forecast = TakeoverForecast.OfLoss(view with { Statuses = view.Statuses.SetItem(role.Name, new(status, 0)) }, role.Name, runtime.Node);
        return new RehearsalAnswer(
            role.Name.Value, runtime.Node.Value, outcome.Resources.All(resource => resource.Outcome != "failed"), whole, outcome.StartMs,
            whole && !placement.IsFree ? forecast.Expected?.TotalMilliseconds : null, outcome.Resources);
    }

    private async Task<RehearsalOutcome> PlayAsync(RoleSpec role, Placement placement, CancellationToken cancellationToken)
    {
        var unit = UnitPrefix + role.Name;
        var stage = Path.Combine(options.RunDirectory, "rehearsal");
        Directory.CreateDirectory(stage);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var disturbed = EndWhenPlacedAsync(role.Name, unit, placement, over.Token);
        try
        {
            var result = await runtime.Leash.RunAsync(
                new RunRequest
                {
                    Unit = unit, Warrant = new Warrant(null, 0, default), Timeout = Limit,
                    Command = ["unshare", "--net", "--ipc", "--mount", "--propagation", "private", "--", "sh", "-euc", Stage, "rehearsal", stage, Environment.ProcessPath!, "rehearsal"],
                    Environment = [$"{RehearsalScript.Variable}={JsonSerializer.Serialize(new RehearsalScript(role, runtime.Node.Value, await DisksAsync(role, placement, cancellationToken)), RehearsalJson.Default.RehearsalScript)}"],
                },
                cancellationToken).AsEffectOf("rehearsal-failed", $"{role.Name} could not be rehearsed");
            var last = result.Output.TrimEnd().Split('\n')[^1];
            return result.ExitCode == 0 && last.StartsWith('{') ? JsonSerializer.Deserialize(last, RehearsalJson.Default.RehearsalOutcome)!
                : throw new HoldfastException(ErrorKind.Conflict, "rehearsal.failed", $"The rehearsal of {role.Name} {(result.TimedOut ? $"did not end within {Limit.TotalSeconds:0} s" : $"ended with {result.ExitCode}")}: {ResourceFailure.LastLine(result.Output)}", "See that unshare, findmnt, ip and setpriv are there, and that the role is not being started.");
        }
        finally
        {
            await over.CancelAsync();
            await disturbed;
            await runtime.Leash.StopAsync(unit, 9, TimeSpan.Zero, CancellationToken.None);
        }
    }

    /// <summary>A disk is copied only while nobody owns the role: of one that is being written there is no copy that is of one moment.</summary>
    private static async Task<IReadOnlyDictionary<string, string?>> DisksAsync(RoleSpec role, Placement placement, CancellationToken cancellationToken)
    {
        Dictionary<string, string?> disks = [];
        foreach (var disk in role.Resources.Where(resource => resource.Type == "disk"))
            disks[disk.Name.Value] = placement.IsFree && !BlockDevices.IsImage(disk.RequiredText("device")) ? await BlockDevices.FindAsync(disk.RequiredText("device"), cancellationToken) : null;
        return disks;
    }

    /// <summary>A role that is given away meanwhile comes first: the copy of its disk is let go at once.</summary>
    private async Task EndWhenPlacedAsync(RoleName role, string unit, Placement before, CancellationToken over)
    {
        if (!before.IsFree) return;
        try
        {
            while (true)
            {
                var state = runtime.Feed.Current;
                if (state is not null && state.View.Placements.TryGetValue(role, out var now) && !now.Value.IsFree)
                {
                    await runtime.Leash.StopAsync(unit, 9, TimeSpan.Zero, CancellationToken.None);
                    return;
                }

                await runtime.Feed.WaitForChangeAsync(state, over);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
        }
    }
}
