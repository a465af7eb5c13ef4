using System.Threading.Channels;
using Holdfast.Agent.Probes;
using Holdfast.Agent.Resources;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;
using Holdfast.Store;

namespace Holdfast.Agent.Roles;

/// <summary>Looks at the resources of a run by their probes and checks, and answers with inputs of its machine.</summary>
/// <param name="context">What every run shares.</param>
/// <param name="warrant">In whose name command probes run.</param>
/// <param name="inputs">Where answers go.</param>
/// <param name="machine">What the run knows now.</param>
internal sealed class ResourceWatch(RoleRunContext context, Warrant warrant, ChannelWriter<RoleInput> inputs, Func<RoleMachine> machine)
{
    private static readonly TimeSpan StartingProbePause = TimeSpan.FromMilliseconds(15);

    /// <summary>Waits until every probe that a start waits for passes.</summary>
    public async Task UntilReadyAsync(ResourceRun run, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = run.Changed;
            var spec = run.Spec;
            foreach (var probe in spec.Probes.Where(probe => probe.Purpose != ProbePurpose.Liveness))
            {
                while (!changed.IsCancellationRequested && await AskAsync(spec, probe, cancellationToken) is { } problem)
                {
                    run.LastProblem = $" ({problem})";
                    await context.Time.PauseUntilAsync(StartingProbePause, changed, cancellationToken);
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }

            if (!changed.IsCancellationRequested) return; // Else other probes may have to pass now.
        }
    }

    /// <summary>Watches until the resource failed (true) or its declaration changed.</summary>
    public async Task<bool> WatchAsync(ResourceRun run, CancellationToken changed, CancellationToken stopped)
    {
        using var round = CancellationTokenSource.CreateLinkedTokenSource(changed, stopped);
        var (spec, resource) = (run.Spec, run.Resource);
        var watches = spec.Probes.Where(probe => probe.Purpose != ProbePurpose.Readiness).Select(probe => ProbeUntilFailedAsync(spec, probe, round.Token)).ToList();
        watches.Add(WatchReadinessAsync(spec, round.Token));
        if (resource.CheckInterval is { } interval) watches.Add(CheckUntilFailedAsync(spec.Name, resource, interval, round.Token));
        if (spec.Idle is { } idle) watches.Add(AskWhetherIdleAsync(spec, idle, round.Token));
        watches.Add(NeverAsync(round.Token));
        try
        {
            var failure = await await Task.WhenAny(watches);
            inputs.TryWrite(new RoleInput.Failed(spec.Name, failure));
            run.Stop.Cancel();
            return true;
        }
        catch (OperationCanceledException) when (changed.IsCancellationRequested && !stopped.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            round.Cancel();
            foreach (Task watch in watches) await watch.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<string> NeverAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancellationToken);
        return "";
    }

    private async Task<string> ProbeUntilFailedAsync(ResourceSpec spec, ProbeSpec probe, CancellationToken cancellationToken)
    {
        var (failures, noticed) = (0, false);
        while (true)
        {
            await Task.Delay(probe.Interval, context.Time, cancellationToken);
            if (await AskAsync(spec, probe, cancellationToken) is not { } problem)
            {
                failures = 0;
                if (noticed) Notice(spec.Name, null, ref noticed);
            }
            else if (++failures >= probe.Threshold)
            {
                var failure = failures == 1 ? problem : $"{problem}, {failures} times in a row";
                if (!machine().Observing) return failure;
                if (!noticed) Notice(spec.Name, failure, ref noticed);
            }
        }
    }

    /// <summary>Tells when the resource is not ready, by whichever of its readiness probes, and when it is again. Never ends by itself.</summary>
    private async Task<string> WatchReadinessAsync(ResourceSpec spec, CancellationToken cancellationToken)
    {
        var problems = new Dictionary<ProbeSpec, string?>();
        // What was not ready by the probes of an earlier declaration is asked anew by these.
        if (machine().Cells.TryGetValue(spec.Name, out var cell) && !cell.IsReady) inputs.TryWrite(new RoleInput.Readiness(spec.Name, null));
        await Task.WhenAll(spec.Probes.Where(probe => probe.Purpose == ProbePurpose.Readiness).Select(WatchAsync).Append(NeverAsync(cancellationToken)));
        return "";

        async Task WatchAsync(ProbeSpec probe)
        {
            for (var failures = 0; ;)
            {
                await Task.Delay(probe.Interval, context.Time, cancellationToken);
                var problem = await AskAsync(spec, probe, cancellationToken);
                failures = problem is null ? 0 : failures + 1;
                if (failures is > 0 && failures < probe.Threshold) continue;
                if (problems.GetValueOrDefault(probe) == problem) continue;
                problems[probe] = problem;
                inputs.TryWrite(new RoleInput.Readiness(spec.Name, problems.Values.FirstOrDefault(other => other is not null)));
            }
        }
    }

    private async Task<string> CheckUntilFailedAsync(ResourceName name, IResource resource, TimeSpan interval, CancellationToken cancellationToken)
    {
        var noticed = false;
        while (true)
        {
            await Task.Delay(interval, context.Time, cancellationToken);
            var problem = await resource.CheckAsync(cancellationToken);
            if (problem is not null && !machine().Observing) return problem;
            if (problem is not null != noticed) Notice(name, problem, ref noticed);
        }
    }

    /// <summary>Asks whether anybody uses the resource; idle is what was so for as many times in a row as the threshold says.</summary>
    private async Task<string> AskWhetherIdleAsync(ResourceSpec spec, ProbeSpec probe, CancellationToken cancellationToken)
    {
        var (passed, idle) = (0, false);
        inputs.TryWrite(new RoleInput.Idled(spec.Name, false)); // What another declaration's probe said is not this one's word.
        while (true)
        {
            await Task.Delay(probe.Interval, context.Time, cancellationToken);
            passed = await AskAsync(spec, probe, cancellationToken) is null ? Math.Min(passed + 1, probe.Threshold) : 0;
            if (passed == probe.Threshold == idle) continue;
            idle = !idle;
            inputs.TryWrite(new RoleInput.Idled(spec.Name, idle));
        }
    }

    private void Notice(ResourceName resource, string? problem, ref bool noticed)
    {
        noticed = problem is not null;
        inputs.TryWrite(new RoleInput.Noticed(resource, problem));
    }

    private async Task<string?> AskAsync(ResourceSpec spec, ProbeSpec probe, CancellationToken cancellationToken)
    {
        var asked = new ProbeContext { Leash = context.Leash, Warrant = warrant, Unit = $"{warrant.Role}/{spec.Name}", RunAs = RunAs.Of(spec, context.Node) };
        return (await context.Probes.AskAsync(probe, asked, cancellationToken)).Reason;
    }
}
