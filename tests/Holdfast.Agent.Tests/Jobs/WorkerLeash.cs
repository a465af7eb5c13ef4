using System.Threading.Channels;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Tests.Jobs;

/// <summary>A leash that starts nothing: it tells the test what was started and stopped.</summary>
internal sealed class WorkerLeash(Func<StartRequest, bool> started, Func<int> nextProcess) : ILeash
{
    private readonly Channel<LeashEvent> _events = Channel.CreateUnbounded<LeashEvent>();

    /// <summary>Gets or sets what happens when a worker is asked to end.</summary>
    public Action OnStop { get; set; } = () => { };

    public List<string> Stopped { get; } = [];

    public ChannelReader<LeashEvent> Events => _events.Reader;

    public Task<int> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        var process = nextProcess();
        File.AppendAllText(request.LogFile!, ""); // The leash makes the file.
        started(request);
        return Task.FromResult(process);
    }

    public Task StopAsync(string unit, int signal, TimeSpan grace, CancellationToken cancellationToken)
    {
        Stopped.Add(unit);
        OnStop();
        return Task.CompletedTask;
    }

    public Task<LeashState> GetStateAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<long> MintAsync(long floor, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<LeashInstant> ArmAsync(long incarnation, LeashInstant deadline, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task CapAsync(long incarnation, LeashInstant deadline, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ExpireAsync(long incarnation, string reason, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<RunResult> RunAsync(RunRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task AddAddressAsync(AddressRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RemoveAddressAsync(string unit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task AnnounceAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task MountAsync(MountRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task UnmountAsync(string unit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task CloseEpochAsync(string role, RoleEpoch epoch, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task EndAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
