using Holdfast.Agent.Api;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Holdfast.Management.Collecting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Management.Tests.Collecting;

/// <summary>Nodes with journals on the disk, without the wire between.</summary>
internal sealed class NodeJournals(string folder, TimeProvider time) : IJournalSource, IAsyncDisposable
{
    private readonly Dictionary<string, EventJournal> _journals = [];

    public EventJournal this[string node]
    {
        get
        {
            if (_journals.TryGetValue(node, out var known)) return known;
            Directory.CreateDirectory(Path.Combine(folder, node));
            var journal = new EventJournal(Path.Combine(folder, node, "events.jsonl"), NodeClock.Instance, time, NullLogger<EventJournal>.Instance) { Node = node };
            journal.Load();
            return _journals[node] = journal;
        }
    }

    /// <summary>Ends the node's agent; the next look at it is another agent's.</summary>
    public async Task RestartAsync(string node)
    {
        if (_journals.Remove(node, out var journal)) await journal.DisposeAsync();
    }

    /// <summary>Installs the node again: nothing of it is left.</summary>
    public async Task ReinstallAsync(string node)
    {
        await RestartAsync(node);
        Directory.Delete(Path.Combine(folder, node), recursive: true);
    }

    public Task<IReadOnlyList<string>> ListNodesAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([.. _journals.Keys.Order()]);

    public Task<JournalPage> ReadAsync(string node, JournalPosition? after, int limit, CancellationToken cancellationToken) => this[node].ReadAsync(after, limit, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var journal in _journals.Values) await journal.DisposeAsync();
    }
}
