using System.Globalization;
using System.Net.Sockets;
using Holdfast.Agent.Declarations;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Leash.Protocol;
using Microsoft.Extensions.Logging;

namespace Holdfast.Agent.Resources.Names;

/// <summary>Tells a name server where the name leads, in one update (RFC 2136) that replaces whatever was there.</summary>
/// <remarks>
/// The name leads to the role's own addresses, which move with it. So an update says the same whoever sends it and however late it arrives,
/// needs no taking back, and stays when the role goes: a name that were gone meanwhile would be remembered as gone.
/// </remarks>
internal sealed partial class NetworkNameResource(ResourceContext context, string tag) : IResource
{
    // On standard input of nsupdate line by line; the key's file is never on a command line of others.
    private const string Send = """
        key=$1; shift
        printf '%s\n' "$@" | nsupdate -t 3 -u 1 -r 2 ${key:+-k "$key"}
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    private bool _isPublished;

    public TimeSpan? CheckInterval => context.Resource.Text("server") is null ? null : TimeSpan.FromSeconds(15);

    public async Task OnlineAsync(HeldUnit? held, CancellationToken cancellationToken)
    {
        if (context.Resource.Text("server") is null) return;
        if (held is not null && held.Tag == tag && held.Epoch == context.Warrant.Epoch) _isPublished = true;
        else if (held is not null) await OfflineAsync(cancellationToken);
        if (!_isPublished && await PublishAsync(cancellationToken) is { } refused) throw ResourceFailure.Of("name-refused", refused, "Ask whoever runs the name server for the right to update it, and check zone and key.");
    }

    public Task OfflineAsync(CancellationToken cancellationToken) =>
        context.Leash.StopAsync(context.Unit, SignalNames.Kill, TimeSpan.Zero, cancellationToken).AsEffectOf("stop-failed", $"{context.Unit} could not be stopped");

    /// <summary>What could not be told is told when the server answers again; meanwhile what others remember still holds.</summary>
    public async Task<string?> CheckAsync(CancellationToken cancellationToken) => _isPublished ? null : await PublishAsync(cancellationToken);

    /// <summary>The lines for nsupdate.</summary>
    internal static string[] Update(Cluster.Roles.RoleSpec role, Cluster.Roles.ResourceSpec resource)
    {
        NetworkNameType.TryServer(resource.RequiredText("server"), out var server, out var port);
        var name = NetworkNameType.FullNameOf(resource) + ".";
        var seconds = (int)resource.Duration("ttl", NetworkNameType.DefaultTimeToLive).TotalSeconds;
        return
        [
            string.Create(CultureInfo.InvariantCulture, $"server {server} {port}"),
            $"zone {NetworkNameType.ZoneOf(resource)}.",
            $"update delete {name} A",
            $"update delete {name} AAAA",
            .. NetworkNameType.AddressesOf(role, resource).Select(address => string.Create(CultureInfo.InvariantCulture, $"update add {name} {seconds} {(address.AddressFamily == AddressFamily.InterNetwork ? "A" : "AAAA")} {address}")),
            "send",
        ];
    }

    /// <summary>Returns what the server refused; null when it took the update, or did not answer.</summary>
    private async Task<string?> PublishAsync(CancellationToken cancellationToken)
    {
        var result = await context.Leash.RunAsync(new RunRequest
        {
            Unit = context.Unit,
            Warrant = context.Warrant,
            Command = ["sh", "-c", Send, "sh", context.Resource.Text("key") ?? "", .. Update(context.Role, context.Resource)],
            User = context.Resource.Text("user") ?? RunAs.DefaultUser,
            Timeout = Limit,
            Tag = tag,
        }, cancellationToken).AsEffectOf("name-failed", $"{context.Unit} could not be published");
        if (result is { TimedOut: false, ExitCode: 0 })
        {
            _isPublished = true;
            return null;
        }

        var server = context.Resource.RequiredText("server");
        var reason = result.TimedOut ? $"no answer within {Durations.Format(Limit)}" : ResourceFailure.LastLine(result.Output);
        // nsupdate exits with 2 when the server said no; an update that got no answer was perhaps made, and is repeated.
        if (result.ExitCode == 2 && reason.Contains("update failed", StringComparison.Ordinal)) return $"Name server {server} refused {NetworkNameType.FullNameOf(context.Resource)}: {reason}.";
        Log.NotPublished(context.Logger, NetworkNameType.FullNameOf(context.Resource), server, reason);
        return null;
    }

    private static partial class Log // Event ids 3100-3199: resources.
    {
        [LoggerMessage(3160, LogLevel.Warning, "{Name} could not be told to name server {Server}: {Reason}. It is tried again")]
        public static partial void NotPublished(ILogger logger, string name, string server, string reason);
    }
}
