using System.Diagnostics;
using System.Threading.Channels;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Tests.Resources;

/// <summary>
/// A leash in memory that records what is asked of it and remembers what it holds. With <see cref="IsReal"/> it also makes the
/// effects that a test needs to be real: commands run, file systems are mounted (and unmounted by <see cref="DisposeAsync"/>).
/// </summary>
internal sealed class FakeLeash : ILeash
{
    private readonly Channel<LeashEvent> _events = Channel.CreateUnbounded<LeashEvent>();
    private readonly Dictionary<(string Unit, UnitKind Kind), HeldUnit> _held = [];
    private readonly Dictionary<string, string> _targets = [];

    public bool IsReal { get; init; }

    /// <summary>Gets or sets how commands end when they are not run for real.</summary>
    public Func<RunRequest, RunResult> OnRun { get; set; } = _ => new RunResult(0, false, "");

    /// <summary>Gets or sets what every effect is refused with; null lets them happen.</summary>
    public LeashRefusedException? Refusal { get; set; }

    /// <summary>Gets everything that was asked, in order.</summary>
    public List<object> Calls { get; } = [];

    public IEnumerable<RunRequest> Runs => Calls.OfType<RunRequest>();

    public IReadOnlyCollection<HeldUnit> Held => _held.Values;

    public ChannelReader<LeashEvent> Events => _events.Reader;

    public Task<LeashState> GetStateAsync(CancellationToken cancellationToken) => Task.FromResult(new LeashState
    {
        BootId = "boot", Incarnation = 1, Expired = false, Clean = true, Deadline = default, WorstSweep = TimeSpan.Zero, Units = [.. _held.Values],
    });

    public Task<long> MintAsync(long floor, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<LeashInstant> ArmAsync(long incarnation, LeashInstant deadline, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task CapAsync(long incarnation, LeashInstant deadline, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ExpireAsync(long incarnation, string reason, CancellationToken cancellationToken) => throw new NotSupportedException();

    public async Task<int> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        await NoteAsync(request);
        Hold(request.Unit, UnitKind.Process, request.Warrant, request.Tag, processId: 4711);
        return 4711;
    }

    public async Task<RunResult> RunAsync(RunRequest request, CancellationToken cancellationToken)
    {
        await NoteAsync(request);
        var before = _held.GetValueOrDefault((request.Unit, UnitKind.Process));
        Hold(request.Unit, UnitKind.Process, request.Warrant, request.Tag is null ? before?.Tag ?? "" : "", before?.ProcessId ?? 0);
        var result = IsReal ? await ExecuteAsync(request.Command) : OnRun(request);
        if (result is { ExitCode: 0, TimedOut: false } && request.Tag is { } tag)
            Hold(request.Unit, UnitKind.Process, request.Warrant, tag, before?.ProcessId ?? 0);
        return result;
    }

    public Task StopAsync(string unit, int signal, TimeSpan grace, CancellationToken cancellationToken)
    {
        Calls.Add(new Stopped(unit, signal, grace));
        _held.Remove((unit, UnitKind.Process));
        return Task.CompletedTask;
    }

    public async Task AddAddressAsync(AddressRequest request, CancellationToken cancellationToken)
    {
        await NoteAsync(request);
        Hold(request.Unit, UnitKind.Address, request.Warrant, request.Tag, 0);
    }

    public Task RemoveAddressAsync(string unit, CancellationToken cancellationToken)
    {
        _held.Remove((unit, UnitKind.Address));
        return Task.CompletedTask;
    }

    public Task AnnounceAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task MountAsync(MountRequest request, CancellationToken cancellationToken)
    {
        await NoteAsync(request);
        if (IsReal)
        {
            var result = await ExecuteAsync(["mount", "-t", request.FileSystem, .. request.Options.Length > 0 ? (string[])["-o", request.Options] : [], request.Device, request.Target]);
            if (result.ExitCode != 0) throw new LeashRefusedException("leash.failed", result.Output);
        }

        _targets[request.Unit] = request.Target;
        Hold(request.Unit, UnitKind.Mount, request.Warrant, request.Tag, 0);
    }

    public async Task UnmountAsync(string unit, CancellationToken cancellationToken)
    {
        Calls.Add(new Unmounted(unit));
        if (IsReal && _targets.Remove(unit, out var target)) Assert.Equal(0, (await ExecuteAsync(["umount", target])).ExitCode);
        _held.Remove((unit, UnitKind.Mount));
    }

    public Task CloseEpochAsync(string role, RoleEpoch epoch, CancellationToken cancellationToken) =>
        _held.Values.Any(unit => unit.Role == role) ? throw new LeashRefusedException("leash.not-clean", "something is left") : Task.CompletedTask;

    public Task EndAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public async ValueTask DisposeAsync()
    {
        foreach (var unit in _targets.Keys.ToArray()) await UnmountAsync(unit, CancellationToken.None);
    }

    public static async Task<RunResult> ExecuteAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync() + await errors;
        await process.WaitForExitAsync();
        return new RunResult(process.ExitCode, false, output);
    }

    private Task NoteAsync(object call)
    {
        if (Refusal is { } refusal) return Task.FromException(refusal);
        Calls.Add(call);
        return Task.CompletedTask;
    }

    private void Hold(string unit, UnitKind kind, Warrant warrant, string tag, int processId) =>
        _held[(unit, kind)] = new HeldUnit(unit, kind, warrant.Role, warrant.Epoch, tag, processId);

    public sealed record Stopped(string Unit, int Signal, TimeSpan Grace);

    public sealed record Unmounted(string Unit);
}
