using Holdfast.Agent.Resources.Processes;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Resources.Files;

/// <summary>Writes the files through the leash, which removes them when the role goes, also when that is the end of the lease.</summary>
internal sealed class FilesResource(ResourceContext context, string tag) : IResource
{
    // Whole or not at all: a service that starts by itself must not read half of it.
    private const string Write = """
        set -e
        next="$1.holdfast-new"
        rm -f "$next"
        umask 077
        printf %s "$2" >"$next"
        chown -- "$3" "$next"
        chmod -- "$4" "$next"
        sync -- "$next"
        mv -fT -- "$next" "$1"
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public TimeSpan? CheckInterval => TimeSpan.FromSeconds(5);

    public async Task OnlineAsync(HeldUnit? held, CancellationToken cancellationToken)
    {
        if (held is not null && held.Tag == tag && held.Epoch == context.Warrant.Epoch && await CheckAsync(cancellationToken) is null) return;
        if (held is not null) await OfflineAsync(cancellationToken);

        var files = context.Resource.Map("files");
        string[] revocations = [.. files.Keys.SelectMany(path => (string[])[Revocations.File(path), Revocations.File(path + ".holdfast-new")])];
        foreach (var (index, (path, content)) in files.Index())
        {
            var result = await context.Leash.RunAsync(new RunRequest
            {
                Unit = context.Unit,
                Warrant = context.Warrant,
                Command = ["sh", "-c", Write, "sh", path, content, context.Resource.Text("owner") ?? "root", context.Resource.Text("mode") ?? "0644"],
                Timeout = Limit,
                Tag = index == files.Count - 1 ? tag : "", // With the last one it is whole.
                Revocations = revocations,
            }, cancellationToken).AsEffectOf("files-failed", $"{context.Unit} could not write {path}");
            if (result is { TimedOut: false, ExitCode: 0 }) continue;

            await OfflineAsync(CancellationToken.None);
            throw ResourceFailure.Of("files-failed", $"{path} could not be written on node {context.Node}: {(result.TimedOut ? "it took too long" : ResourceFailure.LastLine(result.Output))}.");
        }
    }

    public Task OfflineAsync(CancellationToken cancellationToken) =>
        context.Leash.StopAsync(context.Unit, SignalNames.Kill, TimeSpan.Zero, cancellationToken).AsEffectOf("stop-failed", $"The files of {context.Unit} could not be removed");

    public Task<string?> CheckAsync(CancellationToken cancellationToken) =>
        Task.FromResult(context.Resource.Map("files").Keys.FirstOrDefault(path => !File.Exists(path)) is { } missing ? $"{missing} is gone" : null);
}
