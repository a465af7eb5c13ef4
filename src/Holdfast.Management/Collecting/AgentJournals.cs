using System.Text.Json.Serialization.Metadata;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Management.Link;

namespace Holdfast.Management.Collecting;

/// <summary>The journals as this node's agent finds them.</summary>
internal sealed class AgentJournals(AgentLink agent, TimeProvider time) : IJournalSource
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListNodesAsync(CancellationToken cancellationToken) =>
        [.. (await AskAsync("v1/nodes", ApiJson.Default.IReadOnlyListNodeStatus, cancellationToken)).Select(node => node.Name)];

    /// <inheritdoc/>
    public Task<JournalPage> ReadAsync(string node, JournalPosition? after, int limit, CancellationToken cancellationToken) =>
        AskAsync($"v1/journal?node={Uri.EscapeDataString(node)}&after={after}&limit={limit}", ApiJson.Default.JournalPage, cancellationToken);

    private async Task<T> AskAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await agent.GetAsync(path, type, either.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or System.Text.Json.JsonException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new HoldfastException(ErrorKind.Unavailable, "agent.not-running", $"The agent of this node does not answer: {exception.Message}", "The journals keep what happens until it does.", exception);
        }
    }
}
