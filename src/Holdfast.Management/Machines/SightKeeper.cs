using System.Collections.Immutable;
using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Management.Repository;
using Holdfast.Management.Repository.Rows;
using Microsoft.Extensions.Logging;

namespace Holdfast.Management.Machines;

/// <summary>Keeps the last sight of each machine in the repository database, for the next owner of the service: a machine that is away cannot tell it again. Without the database everything goes on.</summary>
/// <param name="book">What was seen.</param>
/// <param name="cluster">The cluster, as it is now; null while nobody told.</param>
internal sealed partial class SightKeeper(SightBook book, Func<ClusterStatus?> cluster, RepositoryDatabase repository, TimeProvider time, ILogger<SightKeeper> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private RepositoryState? _recalled;

    /// <summary>Keeps until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = repository.State;
            try
            {
                if (state.IsUp) await TendAsync(state, cancellationToken);
            }
            catch (HoldfastException notNow)
            {
                Log.NotKept(logger, notNow.Message);
            }

            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(Task.Delay(Interval, time, over.Token), repository.WaitForChangeAsync(state, over.Token));
            await over.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Reads what the database has, if it was away since that was read last, and brings it to what was seen.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>, <c>repository.fenced</c>.</exception>
    internal async Task TendAsync(RepositoryState state, CancellationToken cancellationToken)
    {
        if (!ReferenceEquals(state, _recalled))
        {
            book.Recall(Read(await repository.Machines.ListAsync(cancellationToken)));
            _recalled = state;
        }

        // A node that does not know itself knows nobody.
        if (cluster() is { } now && now.Nodes.Any(node => node.Name == now.AnsweredBy) && book.Forget(now.Nodes.Select(node => node.Name).ToHashSet(StringComparer.Ordinal)) is { IsEmpty: false } gone)
        {
            await repository.Machines.RemoveAsync(gone, cancellationToken);
            book.Removed(gone);
        }

        if (book.Due() is not { IsEmpty: false } due) return;
        await repository.Machines.PutAsync([.. due.Select(one => new MachineRow(one.Node, one.Sight.Seen!.Value, TextOf(one.Sight.Local), TextOf(one.Sight.Shared)))], cancellationToken);
        book.Kept(due);
    }

    private ImmutableSortedDictionary<string, MachineSight> Read(ImmutableArray<MachineRow> rows)
    {
        var sights = ImmutableSortedDictionary.CreateBuilder<string, MachineSight>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            try
            {
                sights[row.Node] = MachineSight.Of(row.Node, row.Seen, JsonElement.Parse(row.Volumes), JsonElement.Parse(row.Shared));
            }
            catch (Exception exception) when (exception is FormatException or JsonException)
            {
                // What another build wrote: something that counts as kept, so that it goes when its machine does.
                sights[row.Node] = new MachineSight(null, null, null, null);
                Log.NotRead(logger, row.Node, exception.Message);
            }
        }

        return sights.ToImmutable();
    }

    private static string TextOf(JsonElement? value) => value?.GetRawText() ?? "null";

    private static partial class Log // Event ids 6360-6379: what machines have.
    {
        [LoggerMessage(6360, LogLevel.Warning, "What machines have could not be kept now: {Reason}")]
        public static partial void NotKept(ILogger logger, string reason);

        [LoggerMessage(6361, LogLevel.Warning, "What was kept of machine {Node} is left aside: {Reason}")]
        public static partial void NotRead(ILogger logger, string node, string reason);
    }
}
