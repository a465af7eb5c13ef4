using Holdfast.Agent.Declarations;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Leash.Protocol;
using Microsoft.Extensions.Logging;

namespace Holdfast.Agent.Resources.OpenCluster;

/// <summary>
/// An agent's actions, run inside the unit's own PID namespace. Its daemons are the unit's and end with it; what it does outside of
/// them is in the leash's revoke list before its <c>start</c> runs.
/// </summary>
internal sealed partial class OcfResource(ResourceContext context, string tag) : IResource
{
    private const int Success = 0, NotRunning = 7, Promoted = 8;
    private static readonly TimeSpan UsualTimeout = TimeSpan.FromSeconds(20);

    private readonly OcfAgent _agent = OcfAgent.TryParse(context.Resource.RequiredText("agent"))!;
    private OcfMetadata? _metadata;

    public TimeSpan? CheckInterval => context.Resource.Duration("check-interval", OcfResourceType.DefaultCheckInterval);

    public async Task OnlineAsync(HeldUnit? held, CancellationToken cancellationToken)
    {
        if (held is not null)
        {
            // The tag is set only after start succeeded, so a half-done one is never adopted.
            if (held.Tag == tag && held.Epoch == context.Warrant.Epoch && await CheckAsync(cancellationToken) is null) return;
            await OfflineAsync(cancellationToken);
        }

        var (metadata, problem) = await OcfMetadata.OfAsync(_agent, context.Time, cancellationToken);
        if (metadata is null) throw ResourceFailure.Of("ocf-missing", $"{context.Unit} on node {context.Node}: {problem}.");
        _metadata = metadata;
        if (OcfEffects.Of(context.Resource, _agent) == OcfEffects.Mount && OcfEffects.ValueOf(context.Resource, _agent) is { } folder && Disks.MountTable.At(folder) is { } mount)
            throw ResourceFailure.Of("ocf-mounted", $"{mount.Device} is already mounted on {folder} of node {context.Node}, and no role put it there.", $"Unmount it: umount {folder}");

        if (metadata.Actions.ContainsKey("validate-all")) await RequireAsync("validate-all", metadata.TimeoutOf("validate-all", UsualTimeout), newTag: null, cancellationToken);
        // What a node that lost its lease could not stop gently is killed, and may have left a trace that start takes for itself.
        if ((await RunAsync("monitor", MonitorLimit, newTag: null, TimeSpan.Zero, cancellationToken)).ExitCode is not NotRunning)
            await RunAsync("stop", StopLimit, newTag: "", TimeSpan.Zero, cancellationToken);
        await RequireAsync("start", context.Resource.StartTimeout, tag, cancellationToken);
    }

    public async Task OfflineAsync(CancellationToken cancellationToken)
    {
        try
        {
            _metadata ??= (await OcfMetadata.OfAsync(_agent, context.Time, cancellationToken)).Metadata;
            var result = await RunAsync("stop", StopLimit, newTag: "", TimeSpan.Zero, cancellationToken);
            if (result.ExitCode != Success) Log.StopFailed(context.Logger, context.Unit, Complaint(result, "stop", StopLimit));
        }
        catch (LeashRefusedException refusal)
        {
            Log.StopFailed(context.Logger, context.Unit, refusal.Message);
        }

        // Not the agent's word counts, but the end of its namespace, and the leash's own look at what was done outside of it.
        await context.Leash.StopAsync(context.Unit, SignalNames.Terminate, TimeSpan.FromSeconds(1), cancellationToken)
            .AsEffectOf("stop-failed", $"{context.Unit} could not be stopped");
    }

    public async Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        var result = await RunAsync("monitor", MonitorLimit, newTag: null, CheckInterval!.Value, cancellationToken);
        return result is { TimedOut: false, ExitCode: Success or Promoted } ? null : Complaint(result, "monitor", MonitorLimit);
    }

    /// <summary>The command of an action. The folder for the agents' state is made by the system at boot, where it is.</summary>
    public static string[] CommandOf(OcfAgent agent, string action, IEnumerable<string> environment) =>
        ["env", .. environment, "sh", "-c", "mkdir -p /run/resource-agents && exec \"$@\"", "sh", agent.Path, action];

    private TimeSpan MonitorLimit => _metadata?.TimeoutOf("monitor", UsualTimeout) ?? UsualTimeout;

    private TimeSpan StopLimit => context.Resource.StopTimeout;

    private async Task RequireAsync(string action, TimeSpan limit, string? newTag, CancellationToken cancellationToken)
    {
        var result = await RunAsync(action, limit, newTag, TimeSpan.Zero, cancellationToken);
        if (result is { TimedOut: false, ExitCode: Success }) return;
        await OfflineAsync(CancellationToken.None); // It may be half online, whoever no longer waits for it.
        throw ResourceFailure.Of("ocf-failed", $"{context.Unit}: {Complaint(result, action, limit)}.");
    }

    private Task<RunResult> RunAsync(string action, TimeSpan limit, string? newTag, TimeSpan interval, CancellationToken cancellationToken) => context.Leash.RunAsync(new RunRequest
    {
        Unit = context.Unit,
        Warrant = context.Warrant,
        Command = CommandOf(_agent, action, OcfEnvironment.Of(context, _agent, limit, interval)),
        Timeout = limit,
        Tag = newTag,
        HostName = Names.ComputerName.Of(context.Role, context.Resource),
        Revocations = OcfEffects.Revocations(context, _agent, StopLimit),
    }, cancellationToken);

    private static string Complaint(RunResult result, string action, TimeSpan limit)
    {
        if (result.TimedOut) return $"{action} did not end within {Durations.Format(limit)}";
        const string Mark = "ocf-exit-reason:";
        var lines = result.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var reason = lines.LastOrDefault(line => line.StartsWith(Mark, StringComparison.Ordinal))?[Mark.Length..].Trim().TrimEnd('.') ?? ResourceFailure.LastLine(result.Output);
        return action == "monitor" && result.ExitCode == NotRunning ? $"it is not running any more: {reason}" : $"{action} says: {Meaning(result.ExitCode)} ({result.ExitCode}): {reason}";
    }

    private static string Meaning(int exitCode) => exitCode switch
    {
        1 => "error",
        2 => "wrong parameters",
        3 => "not implemented",
        4 => "not permitted",
        5 => "something it needs is not installed",
        6 => "not configured",
        7 => "not running",
        9 => "promoted and failed",
        _ => "error",
    };

    private static partial class Log // Event ids 3100-3199: resources.
    {
        [LoggerMessage(3140, LogLevel.Warning, "{Unit} is ended with everything in it, because its agent did not stop it: {Reason}")]
        public static partial void StopFailed(ILogger logger, string unit, string reason);
    }
}
