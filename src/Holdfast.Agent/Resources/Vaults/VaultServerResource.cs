using Holdfast.Agent.Resources.Processes;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Resources.Vaults;

/// <summary>The vault server of a role, as the unit's main process.</summary>
internal sealed class VaultServerResource(ResourceContext context, string tag) : IResource
{
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
        var runAs = RunAs.Of(context.Resource, context.Node);
        ProcessId = await context.Leash.StartAsync(new StartRequest
        {
            Unit = context.Unit,
            Warrant = context.Warrant,
            Command = [Environment.ProcessPath!, .. VaultServerType.ArgumentsOf(context.Role, context.Resource)],
            Environment = runAs.Environment,
            User = runAs.User,
            Directory = runAs.Directory,
            LogFile = Path.Combine(context.LogDirectory, $"{context.Role.Name}.{context.Resource.Name}.log"),
            Tag = tag,
            HostName = Names.ComputerName.Of(context.Role, context.Resource),
        }, cancellationToken).AsEffectOf("start-failed", $"{context.Unit} could not be started");
    }

    public Task OfflineAsync(CancellationToken cancellationToken) =>
        context.Leash.StopAsync(context.Unit, SignalNames.Terminate, context.Resource.StopTimeout, cancellationToken).AsEffectOf("stop-failed", $"{context.Unit} could not be stopped");

    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
