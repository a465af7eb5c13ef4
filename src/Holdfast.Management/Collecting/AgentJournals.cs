using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Agent.Api;

namespace Holdfast.Management.Collecting;

/// <summary>The journals as this node's agent finds them.</summary>
/// <param name="agent">A client of the agent's socket; its base address is the node API.</param>
public sealed class AgentJournals(HttpClient agent) : IJournalSource
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListNodesAsync(CancellationToken cancellationToken) =>
        [.. (await AskAsync("v1/nodes", ApiJson.Default.IReadOnlyListNodeStatus, cancellationToken)).Select(node => node.Name)];

    /// <inheritdoc/>
    public Task<JournalPage> ReadAsync(string node, JournalPosition? after, int limit, CancellationToken cancellationToken) =>
        AskAsync($"v1/journal?node={Uri.EscapeDataString(node)}&after={after}&limit={limit}", ApiJson.Default.JournalPage, cancellationToken);

    private async Task<T> AskAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await agent.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
            if (response.IsSuccessStatusCode) return (await response.Content.ReadFromJsonAsync(type, cancellationToken))!;
            var problem = await response.Content.ReadFromJsonAsync(ApiJson.Default.ApiProblem, cancellationToken);
            throw new HoldfastException(ApiProblems.KindOf(problem!.Status), problem.Code, problem.Detail, problem.Hint);
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new HoldfastException(ErrorKind.Unavailable, "agent.unreachable", $"The agent of this node does not answer: {exception.Message}", "Its journal keeps what happens until it does.", exception);
        }
    }
}
