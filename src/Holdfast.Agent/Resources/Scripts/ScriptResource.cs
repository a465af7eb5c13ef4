using System.Collections.Immutable;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Leash.Protocol;
using Microsoft.Extensions.Logging;

namespace Holdfast.Agent.Resources.Scripts;

/// <summary>
/// Commands run inside the unit's own PID namespace, so that whatever they leave behind is the resource's and ends with it:
/// offline is verified by the end of the namespace, not by what the script says.
/// </summary>
internal sealed partial class ScriptResource(ResourceContext context, string tag) : IResource
{
    // A check is as important as the thing it checks; one that does not answer by then counts as failed.
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(10);

    public TimeSpan? CheckInterval =>
        context.Resource.List("check").IsEmpty ? null : context.Resource.Duration("check-interval", TimeSpan.FromSeconds(5));

    public async Task OnlineAsync(HeldUnit? held, CancellationToken cancellationToken)
    {
        if (held is not null)
        {
            // The tag is set only after the online command succeeded, so a half-done one is never adopted.
            if (held.Tag == tag && held.Epoch == context.Warrant.Epoch && await CheckAsync(cancellationToken) is null) return;
            await OfflineAsync(cancellationToken);
        }

        var result = await RunAsync("online", context.Resource.StartTimeout, tag, cancellationToken);
        if (Complaint(result, "online", context.Resource.StartTimeout) is not { } complaint) return;

        await OfflineAsync(CancellationToken.None); // It may be half online, whoever no longer waits for it.
        throw ResourceFailure.Of("script-failed", $"{context.Unit}: {complaint}.");
    }

    public async Task OfflineAsync(CancellationToken cancellationToken)
    {
        try
        {
            var result = await RunAsync("offline", context.Resource.StopTimeout, newTag: "", cancellationToken);
            if (Complaint(result, "offline", context.Resource.StopTimeout) is { } complaint) Log.OfflineFailed(context.Logger, context.Unit, complaint);
        }
        catch (LeashRefusedException refusal)
        {
            Log.OfflineFailed(context.Logger, context.Unit, refusal.Message);
        }

        // Not the script's word but the end of its namespace is what counts. It had its grace above.
        await context.Leash.StopAsync(context.Unit, SignalNames.Terminate, TimeSpan.FromSeconds(1), cancellationToken)
            .AsEffectOf("stop-failed", $"{context.Unit} could not be stopped");
    }

    public async Task<string?> CheckAsync(CancellationToken cancellationToken) =>
        context.Resource.List("check").IsEmpty ? null
        : Complaint(await RunAsync("check", CheckTimeout, newTag: null, cancellationToken), "check", CheckTimeout);

    private Task<RunResult> RunAsync(string property, TimeSpan limit, string? newTag, CancellationToken cancellationToken)
    {
        ImmutableArray<string> command = context.Resource.List(property);
        var runAs = RunAs.Of(context.Resource, context.Node);
        return context.Leash.RunAsync(new RunRequest
        {
            Unit = context.Unit,
            Warrant = context.Warrant,
            Command = [.. command],
            Environment = runAs.Environment,
            User = runAs.User,
            Directory = runAs.Directory,
            Timeout = limit,
            Tag = newTag,
            HostName = Names.ComputerName.Of(context.Role, context.Resource),
        }, cancellationToken);
    }

    private static string? Complaint(RunResult result, string property, TimeSpan limit) =>
        result.TimedOut ? $"the {property} command did not end within {Declarations.Durations.Format(limit)}"
        : result.ExitCode != 0 ? $"the {property} command exited with {result.ExitCode}: {ResourceFailure.LastLine(result.Output)}"
        : null;

    private static partial class Log // Event ids 3100-3199: resources.
    {
        [LoggerMessage(3110, LogLevel.Warning, "{Unit} is ended with everything in it, because its offline command failed: {Reason}")]
        public static partial void OfflineFailed(ILogger logger, string unit, string reason);
    }
}
