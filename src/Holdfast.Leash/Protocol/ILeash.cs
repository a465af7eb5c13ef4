using System.Threading.Channels;

namespace Holdfast.Leash.Protocol;

/// <summary>
/// What the agent asks of the leash: the one place on a node where anything that belongs to a role is started, added,
/// mounted or ended. Everything runs on the leash's one serial queue (leases rule 12), and every effect is refused with
/// <see cref="LeashRefusedException"/> when the node's lease is over, the incarnation is another or the epoch is closed.
/// </summary>
public interface ILeash : IAsyncDisposable
{
    /// <summary>Gets what happens without being asked for. One reader.</summary>
    ChannelReader<LeashEvent> Events { get; }

    /// <summary>Returns what the leash holds now; an agent that was restarted adopts from it.</summary>
    Task<LeashState> GetStateAsync(CancellationToken cancellationToken);

    /// <summary>Mints a new incarnation above <paramref name="floor"/> and above every earlier one of this node (leases rule 7).</summary>
    /// <exception cref="LeashRefusedException">The present incarnation has not ended, or something of it is left.</exception>
    Task<long> MintAsync(long floor, CancellationToken cancellationToken);

    /// <summary>Extends the deadline; it never shortens it. Returns what the leash is armed until.</summary>
    Task<LeashInstant> ArmAsync(long incarnation, LeashInstant deadline, CancellationToken cancellationToken);

    /// <summary>Lowers the deadline before a renewal with a shorter duration is sent (leases rule 4).</summary>
    Task CapAsync(long incarnation, LeashInstant deadline, CancellationToken cancellationToken);

    /// <summary>Ends the incarnation at once, as if the deadline had passed. <see cref="LeashEvent.Clean"/> follows when nothing is left.</summary>
    Task ExpireAsync(long incarnation, string reason, CancellationToken cancellationToken);

    /// <summary>Starts a process in a PID namespace of its own, as the unit's main process. Returns its process id.</summary>
    Task<int> StartAsync(StartRequest request, CancellationToken cancellationToken);

    /// <summary>Runs a command to its end inside the unit's namespace (made if there is none): scripts, probes, fsck.</summary>
    Task<RunResult> RunAsync(RunRequest request, CancellationToken cancellationToken);

    /// <summary>Ends a unit: the signal, then after the grace the whole namespace; then takes back what its commands did outside of it. Returns when verified gone; no unit is no error.</summary>
    Task StopAsync(string unit, int signal, TimeSpan grace, CancellationToken cancellationToken);

    /// <summary>Adds an address with a short kernel lifetime that the leash refreshes, and announces it to the neighbours.</summary>
    Task AddAddressAsync(AddressRequest request, CancellationToken cancellationToken);

    /// <summary>Removes an address; verified. Not there is no error.</summary>
    Task RemoveAddressAsync(string unit, CancellationToken cancellationToken);

    /// <summary>Announces every address again (gratuitous ARP, unsolicited NA), after a heal.</summary>
    Task AnnounceAsync(CancellationToken cancellationToken);

    /// <summary>Mounts a file system.</summary>
    Task MountAsync(MountRequest request, CancellationToken cancellationToken);

    /// <summary>Unmounts; verified by an exclusive open of the device. Not mounted is no error.</summary>
    Task UnmountAsync(string unit, CancellationToken cancellationToken);

    /// <summary>Closes an epoch of a role for good: nothing of the role is left here, and nothing starts here again at this epoch or an older one (leases rule 11).</summary>
    /// <exception cref="LeashRefusedException">Something of the role is left.</exception>
    Task CloseEpochAsync(string role, RoleEpoch epoch, CancellationToken cancellationToken);

    /// <summary>Ends the leash in order, as its service manager would: the agent is asked to hand over, then everything ends. Whoever supervises the leash starts what is installed then. Returns when it has begun to.</summary>
    Task EndAsync(CancellationToken cancellationToken);
}
