using Holdfast.Agent.Resources.Names;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Resources.Shares;

/// <summary>A file server of this share alone, in the foreground, as the unit's main process.</summary>
internal sealed class FileShareResource(ResourceContext context, string tag) : IResource
{
    /// <summary>Its folders are made, and its configuration written, by the process that then becomes the server: one effect, refused or made as a whole.</summary>
    private const string Start = """
        set -e
        umask 022
        run=$1 state=$2 conf=$3 text=$4
        shift 4
        rm -rf "$run"
        mkdir -p "$run"
        mkdir -p -m 700 "$state"
        printf %s "$text" >"$conf"
        exec "$@"
        """;

    public TimeSpan? CheckInterval => null;

    public int ProcessId { get; private set; }

    public async Task OnlineAsync(HeldUnit? held, CancellationToken cancellationToken)
    {
        if (held is { ProcessId: > 0 } && held.Tag == tag && held.Epoch == context.Warrant.Epoch)
        {
            ProcessId = held.ProcessId;
            return;
        }

        if (held is not null) await OfflineAsync(cancellationToken);
        ProcessId = await context.Leash.StartAsync(new StartRequest
        {
            Unit = context.Unit,
            Warrant = context.Warrant,
            Command = Command(),
            User = "root", // Both act as the account of whoever asks, which only root can.
            LogFile = Path.Combine(context.LogDirectory, $"{context.Role.Name}.{context.Resource.Name}.log"),
            HostName = HostName,
            Tag = tag,
        }, cancellationToken).AsEffectOf("start-failed", $"{context.Unit} could not be started");
    }

    public Task OfflineAsync(CancellationToken cancellationToken) =>
        context.Leash.StopAsync(context.Unit, SignalNames.Terminate, context.Resource.StopTimeout, cancellationToken).AsEffectOf("stop-failed", $"{context.Unit} could not be stopped");

    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <summary>The role's own name for clients: what follows a network name when there is one, else what is the same on every node.</summary>
    private string HostName => ComputerName.Find(context.Role, context.Resource) ?? context.Role.Name.Value;

    private string[] Command()
    {
        var run = $"/run/holdfast-shares/{context.Role.Name}.{context.Resource.Name}";
        var state = FileShareType.StateOf(context.Role, context.Resource);
        return context.Resource.Text("protocol") is FileShareType.Nfs
            ? ["sh", "-c", Start, "sh", run, state, $"{run}/ganesha.conf", ShareConfiguration.Ganesha(context.Role, context.Resource), "ganesha.nfsd", "-F", "-f", $"{run}/ganesha.conf", "-L", "STDERR", "-p", $"{run}/pid"]
            // Its configuration lies with its passwords, for smbpasswd -c.
            : ["sh", "-c", Start, "sh", run, state, $"{state}/smb.conf", ShareConfiguration.Samba(context.Role, context.Resource, HostName, run), "smbd", "-F", "--no-process-group", "-s", $"{state}/smb.conf"];
    }
}
