using System.Collections.Concurrent;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Agent.Resources;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Cluster.Naming;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Jobs;

/// <summary>The jobs that this node owns, each in a loop of its own.</summary>
internal sealed class JobDesk(JobDeskContext context) : IJobDesk
{
    private readonly ConcurrentDictionary<string, JobLoop> _loops = new(StringComparer.Ordinal);

    // What ended before anybody took it up here: between the agent's look at what the leash holds and the job's turn.
    private readonly ConcurrentDictionary<string, int> _ended = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task TakeUpAsync(ResourceContext resource, HeldUnit? held, CancellationToken cancellationToken)
    {
        if (_loops.TryRemove(resource.Unit, out var before)) before.Abandon(); // Of a lease that is over, or of a start that was cancelled.
        if (held is not null && held.Epoch != resource.Warrant.Epoch)
        {
            await context.Leash.StopAsync(resource.Unit, SignalNames.Kill, TimeSpan.Zero, cancellationToken);
            held = null;
        }

        if (held is not null && _ended.TryGetValue(resource.Unit, out var ended) && ended == held.ProcessId) held = held with { ProcessId = 0 };
        _loops[resource.Unit] = JobLoop.Begin(context, resource, held);
    }

    /// <inheritdoc/>
    public async Task PutDownAsync(ResourceContext resource, CancellationToken cancellationToken)
    {
        if (_loops.TryRemove(resource.Unit, out var loop)) await loop.EndAsync(resource.Resource.StopTimeout, cancellationToken);
        // Also when another agent started it, or it was being started just now.
        await context.Leash.StopAsync(resource.Unit, SignalNames.Terminate, resource.Resource.StopTimeout, cancellationToken).AsEffectOf("stop-failed", $"{resource.Unit} could not be stopped");
    }

    /// <summary>The leash saw the main process of a unit end.</summary>
    public void OnExit(LeashEvent.UnitExited exited)
    {
        _ended[exited.Unit] = exited.ProcessId;
        if (_loops.TryGetValue(exited.Unit, out var loop)) loop.OnExit(exited.ProcessId, exited.ExitCode);
    }

    /// <summary>The leash ended everything: nothing is decided any more, and nothing is said for what was here.</summary>
    public void OnExpired()
    {
        foreach (var unit in _loops.Keys)
        {
            if (_loops.TryRemove(unit, out var loop)) loop.Abandon();
        }
    }

    /// <summary>How the present run of a job goes here; null when none is at work here.</summary>
    public WorkerMessage.Progress? ProgressOf(RoleName job) => _loops.Values.FirstOrDefault(loop => loop.Job == job)?.Latest;
}
