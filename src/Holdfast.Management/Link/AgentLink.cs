using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Agent.Access;
using Holdfast.Agent.Api;
using Holdfast.Agent.Doors;
using Holdfast.Agent.Tracing;
using Holdfast.Cluster;

namespace Holdfast.Management.Link;

/// <summary>The node API of this node's agent, over its socket.</summary>
internal sealed class AgentLink : IDisposable
{
    private static readonly Uri Base = new("http://agent/");
    private readonly HttpClient _http;

    public AgentLink(string socket) =>
        _http = new HttpClient(new TracedHandler(UnixHttp.HandlerFor(socket), "ask agent")) { BaseAddress = Base, Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Asks.</summary>
    /// <exception cref="HoldfastException">The agent's problem, or <c>agent.not-running</c>.</exception>
    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);
        return (await answer.Content.ReadFromJsonAsync(type, cancellationToken))!;
    }

    /// <summary>Sends a change.</summary>
    /// <param name="caller">For whom, as <see cref="CallerText"/>; null for the service itself.</param>
    /// <exception cref="HoldfastException">The agent's problem, or <c>agent.not-running</c>.</exception>
    public async Task<TAnswer> SendAsync<TBody, TAnswer>(HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> answerType, string? caller, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body, bodyType) };
        if (caller is not null) request.Headers.TryAddWithoutValidation(CallerText.Header, caller);
        using var answer = await SendAsync(request, cancellationToken);
        return (await answer.Content.ReadFromJsonAsync(answerType, cancellationToken))!;
    }

    /// <summary>Sends something whose answer is a file.</summary>
    /// <param name="caller">For whom, as <see cref="CallerText"/>; null for the service itself.</param>
    /// <exception cref="HoldfastException">The agent's problem, or <c>agent.not-running</c>.</exception>
    public async Task<byte[]> SendForBytesAsync<TBody>(string path, TBody body, JsonTypeInfo<TBody> bodyType, string? caller, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, bodyType) };
        if (caller is not null) request.Headers.TryAddWithoutValidation(CallerText.Header, caller);
        using var answer = await SendAsync(request, cancellationToken);
        return await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <summary>Sends a text, such as a declaration.</summary>
    /// <exception cref="HoldfastException">The agent's problem, or <c>agent.not-running</c>.</exception>
    public async Task<TAnswer> SendTextAsync<TAnswer>(string path, string text, JsonTypeInfo<TAnswer> answerType, string? caller, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(text) };
        if (caller is not null) request.Headers.TryAddWithoutValidation(CallerText.Header, caller);
        using var answer = await SendAsync(request, cancellationToken);
        return (await answer.Content.ReadFromJsonAsync(answerType, cancellationToken))!;
    }

    /// <summary>Asks for what takes no body and changes nothing, but is more than a question.</summary>
    /// <exception cref="HoldfastException">The agent's problem, or <c>agent.not-running</c>.</exception>
    public async Task<T> GetPostedAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Post, path), cancellationToken);
        return (await answer.Content.ReadFromJsonAsync(type, cancellationToken))!;
    }

    /// <summary>Asks for an act without a body.</summary>
    /// <exception cref="HoldfastException">The agent's problem, or <c>agent.not-running</c>.</exception>
    public async Task ActAsync(HttpMethod method, string path, string? caller, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(method, path);
        if (caller is not null) request.Headers.TryAddWithoutValidation(CallerText.Header, caller);
        using var answer = await SendAsync(request, cancellationToken);
    }

    /// <summary>Lines that go on until the agent ends or this is cancelled.</summary>
    public async IAsyncEnumerable<T> FollowAsync<T>(string path, JsonTypeInfo<T> type, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0) yield return JsonSerializer.Deserialize(line, type)!;
        }
    }

    /// <summary>Sends a request as it is; its answer is whatever the agent says.</summary>
    /// <exception cref="HoldfastException">Code <c>agent.not-running</c>.</exception>
    public async Task<HttpResponseMessage> ForwardAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new HoldfastException(ErrorKind.Unavailable, "agent.not-running", $"The agent of this node does not answer: {exception.Message}", "It is started again by itself; try again in a moment.", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await ForwardAsync(request, cancellationToken);
        if (answer.IsSuccessStatusCode) return answer;
        using (answer)
        {
            var problem = await ProblemAsync(answer, cancellationToken);
            throw new HoldfastException(ApiProblems.KindOf(problem.Status), problem.Code, problem.Detail, problem.Hint);
        }
    }

    private static async Task<ApiProblem> ProblemAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            if (await answer.Content.ReadFromJsonAsync(ApiJson.Default.ApiProblem, cancellationToken) is { } problem) return problem;
        }
        catch (JsonException)
        {
        }

        return new ApiProblem("", "", (int)answer.StatusCode, $"The agent answered {(int)answer.StatusCode}.", "agent.answer", "See its log.");
    }
}
