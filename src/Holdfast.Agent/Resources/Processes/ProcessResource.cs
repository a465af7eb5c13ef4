using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Resources.Processes;

/// <summary>A program under the leash. Its exit is seen by the leash at once, so it has no check of its own.</summary>
/// <param name="context">The resource.</param>
/// <param name="tag">What it is known by to the next agent.</param>
/// <param name="command">The program and its arguments, told when it is started.</param>
internal sealed class ProcessResource(ResourceContext context, string tag, Func<IEnumerable<string>> command) : IResource
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
            Command = [.. command()],
            Environment = runAs.Environment,
            User = runAs.User,
            Directory = runAs.Directory,
            LogFile = Path.Combine(context.LogDirectory, $"{context.Role.Name}.{context.Resource.Name}.log"),
            Tag = tag,
            HostName = Names.ComputerName.Of(context.Role, context.Resource),
        }, cancellationToken).AsEffectOf("start-failed", $"{context.Unit} could not be started");
    }

    public Task OfflineAsync(CancellationToken cancellationToken)
    {
        var signal = context.Resource.Text("stop-signal") is { } name && SignalNames.TryParse(name, out var number) ? number : SignalNames.Terminate;
        return context.Leash.StopAsync(context.Unit, signal, context.Resource.StopTimeout, cancellationToken)
            .AsEffectOf("stop-failed", $"{context.Unit} could not be stopped");
    }

    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
