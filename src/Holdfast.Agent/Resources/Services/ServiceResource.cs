using Holdfast.Agent.Declarations;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Leash.Protocol;
using Microsoft.Extensions.Logging;

namespace Holdfast.Agent.Resources.Services;

/// <summary>
/// A service that systemd runs. Its processes are systemd's, outside of every namespace of ours, so what ties it to the lease is a
/// <em>grant</em>: a file without which systemd does not start it, whoever asks. The leash makes it, and takes it away before anything else.
/// </summary>
internal sealed partial class ServiceResource(ResourceContext context, string tag) : IResource
{
    /// <summary>Where the grants are: in memory, so that no boot finds one.</summary>
    private const string Grants = "/run/holdfast-granted";

    /// <summary>
    /// The gate stays when the role goes: until the next boot nothing but a grant starts the service here. Restart=no, because two who
    /// restart the same thing count to two different budgets.
    /// </summary>
    private const string Start = """
        set -e
        unit=$1 grant=$2 folder=/run/systemd/system/$1.d
        mkdir -p "$folder" "${grant%/*}"
        printf '%s\n' '# Made by Holdfast: a role runs this service.' '[Unit]' "AssertPathExists=$grant" '[Service]' 'Restart=no' >"$folder/zz-holdfast.conf.new"
        mv -f "$folder/zz-holdfast.conf.new" "$folder/zz-holdfast.conf"
        case $(systemctl --no-ask-password show --property=DropInPaths --property=NeedDaemonReload "$unit") in
          *NeedDaemonReload=yes*) systemctl --no-ask-password daemon-reload ;;
          *"$folder/zz-holdfast.conf"*) ;;
          *) systemctl --no-ask-password daemon-reload ;;
        esac
        rm -f "$grant"
        systemctl --no-ask-password stop "$unit"
        systemctl --no-ask-password reset-failed "$unit" 2>/dev/null || :
        : >"$grant"
        systemctl --no-ask-password start "$unit"
        """;

    private const string Stop = """
        rm -f "$2"
        systemctl --no-ask-password stop "$1"
        """;

    private readonly string _name = ServiceUnit.NameOf(context.Resource.RequiredText("service"))!;

    public TimeSpan? CheckInterval => context.Resource.Duration("check-interval", ServiceResourceType.DefaultCheckInterval);

    private string Grant => $"{Grants}/{_name}";

    public async Task OnlineAsync(HeldUnit? held, CancellationToken cancellationToken)
    {
        if (held is not null)
        {
            if (held.Tag == tag && held.Epoch == context.Warrant.Epoch && await CheckAsync(cancellationToken) is null) return;
            await OfflineAsync(cancellationToken);
        }

        var unit = await ServiceUnit.FindAsync(_name, context.Time, cancellationToken);
        if (unit is not { LoadState: "loaded" }) throw ResourceFailure.Of("service-missing", $"systemd of node {context.Node} {ServiceResourceType.WhyUnusable(unit, _name)}.");
        if (File.Exists(Grant)) throw ResourceFailure.Of("service-granted", $"Another role runs {_name} on node {context.Node}.", "A service belongs to one role; take it out of one of them.");

        var result = await RunAsync(Start, context.Resource.StartTimeout, tag, unit.Slice, cancellationToken).AsEffectOf("start-failed", $"{_name} could not be started");
        if (result is { TimedOut: false, ExitCode: 0 }) return;

        await OfflineAsync(CancellationToken.None);
        throw ResourceFailure.Of("service-failed",
            $"{_name} on node {context.Node}: {(result.TimedOut ? $"it did not start within {Durations.Format(context.Resource.StartTimeout)}" : ResourceFailure.LastLine(result.Output))}.", $"See 'journalctl -u {_name}' there.");
    }

    public async Task OfflineAsync(CancellationToken cancellationToken)
    {
        try
        {
            var slice = (await ServiceUnit.FindAsync(_name, context.Time, cancellationToken))?.Slice ?? "system.slice";
            var result = await RunAsync(Stop, context.Resource.StopTimeout, "", slice, cancellationToken);
            if (result.TimedOut) await RunAsync("systemctl --no-ask-password kill --signal=KILL \"$1\"", TimeSpan.FromSeconds(10), "", slice, cancellationToken);
            if (result is not { TimedOut: false, ExitCode: 0 }) Log.StopFailed(context.Logger, _name, result.TimedOut ? "it takes too long" : ResourceFailure.LastLine(result.Output));
        }
        catch (LeashRefusedException refusal)
        {
            Log.StopFailed(context.Logger, _name, refusal.Message);
        }

        // The leash believes systemd only when it says that the service is neither active nor about to be.
        await context.Leash.StopAsync(context.Unit, SignalNames.Terminate, TimeSpan.Zero, cancellationToken).AsEffectOf("stop-failed", $"{_name} could not be stopped");
    }

    public async Task<string?> CheckAsync(CancellationToken cancellationToken) =>
        await ServiceUnit.FindAsync(_name, context.Time, cancellationToken) switch
        {
            null => "systemd does not answer",
            { ActiveState: "active" or "reloading" or "activating" } => null,
            { ActiveState: var state, Result: "" or "success" } => $"{_name} is {state}",
            { ActiveState: var state, Result: var result } => $"{_name} is {state} ({result})",
        };

    private Task<RunResult> RunAsync(string script, TimeSpan limit, string newTag, string slice, CancellationToken cancellationToken) => context.Leash.RunAsync(new RunRequest
    {
        Unit = context.Unit,
        Warrant = context.Warrant,
        Command = ["sh", "-c", script, "sh", _name, Grant],
        Timeout = limit,
        Tag = newTag,
        InMachine = true,
        Revocations = [Revocations.Service(_name, Grant, ServiceUnit.ControlGroupOf(_name, slice))],
    }, cancellationToken);

    private static partial class Log // Event ids 3100-3199: resources.
    {
        [LoggerMessage(3150, LogLevel.Warning, "{Service} was not stopped gracefully: {Reason}")]
        public static partial void StopFailed(ILogger logger, string service, string reason);
    }
}
