using Holdfast.Agent.Planning;
using Holdfast.Store.Registry;
using Microsoft.Extensions.Logging;

namespace Holdfast.Agent.Resources.Names;

/// <summary>
/// Keeps the network names of all roles in this node's hosts file. It is no effect of a role: the lines are the same on every node and
/// stay true wherever a role is, because they lead to addresses that move with it. So it needs no lease.
/// </summary>
internal sealed partial class HostsFile(string path, ClusterFeed feed, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10); // Somebody may have changed it.
    private string _told = "";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var state = feed.Current;
            if (state is not null) await KeepAsync(HostsBlock.LinesOf(state.View.Roles.Values.Select(role => role.Value)), cancellationToken);
            try
            {
                await feed.WaitForChangeAsync(state, cancellationToken).WaitAsync(Look, time, cancellationToken);
            }
            catch (TimeoutException)
            {
            }
        }
    }

    private async Task KeepAsync(IReadOnlyList<string> lines, CancellationToken cancellationToken)
    {
        try
        {
            var present = File.Exists(path) ? await File.ReadAllTextAsync(path, cancellationToken) : "";
            var wanted = HostsBlock.Apply(present, lines);
            if (wanted == present) return;
            await ReplaceAsync(wanted, cancellationToken);
            _told = "";
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            if (_told != failed.Message) Log.NotWritten(logger, path, failed.Message);
            _told = failed.Message;
        }
    }

    private async Task ReplaceAsync(string wanted, CancellationToken cancellationToken)
    {
        var next = path + ".holdfast-new";
        await File.WriteAllTextAsync(next, wanted, cancellationToken);
        File.SetUnixFileMode(next, File.Exists(path) ? File.GetUnixFileMode(path) : (UnixFileMode)0b110_100_100);
        try
        {
            File.Move(next, path, overwrite: true);
        }
        catch (IOException)
        {
            // In a container it is a mount of its own, which cannot be replaced, only written.
            await File.WriteAllTextAsync(path, wanted, cancellationToken);
            File.Delete(next);
        }
    }

    private static partial class Log // Event ids 3100-3199: resources.
    {
        [LoggerMessage(3161, LogLevel.Warning, "{Path} could not be written, so this node does not know the network names of roles by it: {Reason}")]
        public static partial void NotWritten(ILogger logger, string path, string reason);
    }
}
