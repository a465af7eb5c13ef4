using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Cluster.Roles;
using Holdfast.Store.Registry;

namespace Holdfast.Management.Link;

/// <summary>
/// What the service keeps in the cluster's store (people, policies, rules): read once at the start, and written by compare-and-swap with the epoch of the role. While this
/// is the owner nobody else writes, so what is in memory is what is there.
/// </summary>
internal sealed class Documents(AgentLink agent, Epoch epoch)
{
    private const int Attempts = 5;
    private readonly ConcurrentDictionary<string, KnownDocument> _known = new(StringComparer.Ordinal);

    /// <summary>Reads all documents.</summary>
    /// <exception cref="HoldfastException">The agent or the store does not answer.</exception>
    public Task LoadAsync(CancellationToken cancellationToken) => LoadAsync(null, cancellationToken);

    /// <summary>The names of the documents that begin with a prefix.</summary>
    public IEnumerable<string> NamesOf(string prefix) => _known.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    /// <summary>A document; null when there is none. The same object until the document changes.</summary>
    public T? Find<T>(string name, JsonTypeInfo<T> type)
        where T : class => _known.GetValueOrDefault(name)?.Read(type);

    /// <summary>Changes a document.</summary>
    /// <param name="name">Which.</param>
    /// <param name="type">How it is written.</param>
    /// <param name="change">Given what is there (null when nothing is), what shall be there; null removes it.</param>
    /// <param name="audit">Who did what; null for what nobody did. The service answers for it: it has judged whether they may.</param>
    /// <exception cref="HoldfastException">Code <c>management.superseded</c>: another copy owns the role now, and nothing was written.</exception>
    public async Task<T?> ChangeAsync<T>(string name, JsonTypeInfo<T> type, Func<T?, T?> change, DocumentAudit? audit, CancellationToken cancellationToken)
        where T : class
    {
        for (var attempt = 1; ; attempt++)
        {
            var present = _known.GetValueOrDefault(name);
            var next = change(present?.Read(type));
            JsonElement? value = next is null ? null : JsonSerializer.SerializeToElement(next, type);
            try
            {
                var done = await agent.SendAsync(HttpMethod.Put, $"v1/management/documents/{name}", new DocumentPut(present?.Revision ?? 0, epoch, value, audit), ApiJson.Default.DocumentPut, ApiJson.Default.DocumentRevision, null, cancellationToken);
                if (value is { } kept) _known[name] = new KnownDocument(done.Revision, kept);
                else _known.TryRemove(name, out _);
                return next;
            }
            catch (HoldfastException changed) when (changed.Code == "document.changed" && attempt < Attempts)
            {
                await LoadAsync(name, cancellationToken); // An answer that was lost may have been a success.
            }
        }
    }

    // What was changed here while the answer was on its way is newer than the answer.
    private async Task LoadAsync(string? conflicting, CancellationToken cancellationToken)
    {
        var present = await agent.GetAsync("v1/management/documents", ApiJson.Default.IReadOnlyListDocumentInfo, cancellationToken);
        foreach (var document in present.Where(document => !_known.TryGetValue(document.Name, out var known) || known.Revision < document.Revision)) _known[document.Name] = new KnownDocument(document.Revision, document.Value);
        if (conflicting is not null && present.All(document => document.Name != conflicting)) _known.TryRemove(conflicting, out _);
    }
}
