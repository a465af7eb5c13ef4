using System.Threading.Channels;
using Holdfast.Leash.Protocol;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Stores;

namespace Holdfast.Simulation.Machines;

/// <summary>One agent's connection to the leash of its machine. A connection of a frozen agent waits; one of a dead agent or machine never answers.</summary>
internal sealed class SimulatedLeashConnection(SimulationRun simulation, SimulatedLeash leash, ChannelReader<LeashEvent> events) : ILeash
{
    public ChannelReader<LeashEvent> Events => events;

    /// <summary>Gets or sets whether the agent is gone: what it had asked is not carried out any more.</summary>
    public bool IsClosed { get; set; }

    public Task<LeashState> GetStateAsync(CancellationToken cancellationToken) => AskAsync(leash.State, cancellationToken);

    public Task<long> MintAsync(long floor, CancellationToken cancellationToken) => AskAsync(() => leash.Mint(floor), cancellationToken);

    public Task<LeashInstant> ArmAsync(long incarnation, LeashInstant deadline, CancellationToken cancellationToken) => AskAsync(() => leash.Arm(incarnation, deadline), cancellationToken);

    public Task CapAsync(long incarnation, LeashInstant deadline, CancellationToken cancellationToken) => DoAsync(() => leash.Cap(incarnation, deadline), cancellationToken);

    public Task ExpireAsync(long incarnation, string reason, CancellationToken cancellationToken) => DoAsync(() => leash.Expire(incarnation, reason), cancellationToken);

    public Task<int> StartAsync(StartRequest request, CancellationToken cancellationToken) =>
        AskLongAsync(() => leash.MakeAsync(request.Unit, UnitKind.Process, request.Warrant, request.Tag, request), cancellationToken);

    public Task<RunResult> RunAsync(RunRequest request, CancellationToken cancellationToken) => AskAsync(
        () =>
        {
            leash.Check(request.Warrant);
            return new RunResult(leash.RunExitCode, false, "");
        },
        cancellationToken);

    public Task StopAsync(string unit, int signal, TimeSpan grace, CancellationToken cancellationToken) => EndAsync(unit, UnitKind.Process, grace, cancellationToken);

    public Task AddAddressAsync(AddressRequest request, CancellationToken cancellationToken) =>
        AskLongAsync(() => leash.MakeAsync(request.Unit, UnitKind.Address, request.Warrant, request.Tag), cancellationToken);

    public Task RemoveAddressAsync(string unit, CancellationToken cancellationToken) => EndAsync(unit, UnitKind.Address, TimeSpan.MaxValue, cancellationToken);

    public Task AnnounceAsync(CancellationToken cancellationToken) => DoAsync(() => { }, cancellationToken);

    public Task MountAsync(MountRequest request, CancellationToken cancellationToken) =>
        AskLongAsync(() => leash.MakeAsync(request.Unit, UnitKind.Mount, request.Warrant, request.Tag), cancellationToken);

    public Task UnmountAsync(string unit, CancellationToken cancellationToken) => EndAsync(unit, UnitKind.Mount, TimeSpan.MaxValue, cancellationToken);

    public Task CloseEpochAsync(string role, RoleEpoch epoch, CancellationToken cancellationToken) => DoAsync(() => leash.CloseEpoch(role, epoch), cancellationToken);

    public Task EndAsync(CancellationToken cancellationToken) => throw new NotSupportedException("Machines of the simulation are restarted from outside.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task EndAsync(string unit, UnitKind kind, TimeSpan grace, CancellationToken cancellationToken) => AskLongAsync(
        async () =>
        {
            await leash.EndAsync(unit, kind, grace);
            return 0;
        },
        cancellationToken);

    private Task DoAsync(Action action, CancellationToken cancellationToken) => AskAsync(
        () =>
        {
            action();
            return 0;
        },
        cancellationToken);

    private Task<T> AskAsync<T>(Func<T> ask, CancellationToken cancellationToken) => AskLongAsync(() => Task.FromResult(ask()), cancellationToken);

    /// <summary>What was sent is carried out, whether or not the asker still waits for the answer.</summary>
    private Task<T> AskLongAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken) => simulation.World.AskAsync(() => CarryAsync(ask)).WaitAsync(cancellationToken);

    private async Task<T> CarryAsync<T>(Func<Task<T>> ask)
    {
        await simulation.Delay(simulation.Between(0.02, 0.5));
        if (IsClosed) await new TaskCompletionSource().Task; // Nobody is left who could hear the answer.
        var answer = await leash.Actor.AskAsync(ask);
        await simulation.Delay(simulation.Between(0.02, 0.5));
        return answer;
    }
}
