using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Agent.Api;
using Holdfast.Agent.Tracing;
using Holdfast.Cli.CommandLine;
using Holdfast.Cluster;

namespace Holdfast.Cli.Client;

/// <summary>Speaks the node API over the agent's Unix socket. Every error it throws is an answer: a <see cref="HoldfastException"/> with a code and a hint.</summary>
internal sealed class NodeApiClient : IDisposable
{
    // Longer than any store commit with its retries; an agent that says nothing for so long is stuck.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private readonly AgentSocket _socket;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;

    public NodeApiClient(AgentSocket socket, TimeProvider time)
    {
        _socket = socket;
        _time = time;
        // Each of these that is left on costs milliseconds of start-up and means nothing on a local socket.
        _http = new HttpMessageInvoker(new TracedHandler(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            ConnectCallback = (_, cancellationToken) => socket.ConnectAsync(cancellationToken),
        }, "ask agent"));
    }

    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> answer, CancellationToken cancellationToken) =>
        AskAsync(new HttpRequestMessage(HttpMethod.Get, Address(path)), answer, cancellationToken);

    /// <summary>A JSON document as it came; only that it is one is checked.</summary>
    public Task<string> GetTextAsync(string path, CancellationToken cancellationToken) =>
        AskAsync(new HttpRequestMessage(HttpMethod.Get, Address(path)), ReadJsonTextAsync, cancellationToken);

    /// <summary>A file as it came.</summary>
    public Task<byte[]> GetBytesAsync(string path, CancellationToken cancellationToken) =>
        AskAsync(new HttpRequestMessage(HttpMethod.Get, Address(path)), (content, stop) => content.ReadAsByteArrayAsync(stop), cancellationToken);

    public Task<T> PostAsync<T>(string path, JsonTypeInfo<T> answer, CancellationToken cancellationToken) =>
        AskAsync(new HttpRequestMessage(HttpMethod.Post, Address(path)), answer, cancellationToken);

    public Task<T> PostAsync<TBody, T>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> answer, CancellationToken cancellationToken) =>
        AskAsync(new HttpRequestMessage(HttpMethod.Post, Address(path)) { Content = Json(body, bodyType) }, answer, cancellationToken);

    public Task<T> PutAsync<TBody, T>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> answer, CancellationToken cancellationToken) =>
        AskAsync(new HttpRequestMessage(HttpMethod.Put, Address(path)) { Content = Json(body, bodyType) }, answer, cancellationToken);

    public Task<T> PostYamlAsync<T>(string path, string yaml, JsonTypeInfo<T> answer, CancellationToken cancellationToken) =>
        AskAsync(new HttpRequestMessage(HttpMethod.Post, Address(path)) { Content = new StringContent(yaml, Encoding.UTF8, "application/yaml") }, answer, cancellationToken);

    public Task<T> DeleteAsync<T>(string path, JsonTypeInfo<T> answer, CancellationToken cancellationToken) =>
        AskAsync(new HttpRequestMessage(HttpMethod.Delete, Address(path)), answer, cancellationToken);

    /// <summary>Lines of an NDJSON stream as they arrive; ends when the agent ends it.</summary>
    public IAsyncEnumerable<T> StreamAsync<T>(string path, JsonTypeInfo<T> line, CancellationToken cancellationToken) =>
        StreamAsync(new HttpRequestMessage(HttpMethod.Get, Address(path)), line, cancellationToken);

    /// <inheritdoc cref="StreamAsync{T}(string, JsonTypeInfo{T}, CancellationToken)"/>
    public IAsyncEnumerable<T> PostForStreamAsync<TBody, T>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> line, CancellationToken cancellationToken) =>
        StreamAsync(new HttpRequestMessage(HttpMethod.Post, Address(path)) { Content = Json(body, bodyType) }, line, cancellationToken);

    /// <inheritdoc cref="StreamAsync{T}(string, JsonTypeInfo{T}, CancellationToken)"/>
    public IAsyncEnumerable<T> PostForStreamAsync<T>(string path, JsonTypeInfo<T> line, CancellationToken cancellationToken) =>
        StreamAsync(new HttpRequestMessage(HttpMethod.Post, Address(path)), line, cancellationToken);

    public void Dispose() => _http.Dispose();

    private static Uri Address(string path) => new("http://agent" + path);

    private static ByteArrayContent Json<T>(T body, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private static async Task<string> ReadJsonTextAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var bytes = await content.ReadAsByteArrayAsync(cancellationToken);
        CheckIsJson(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private static void CheckIsJson(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Null && reader.CurrentDepth == 0) throw new JsonException("it was empty");
        }
    }

    private Task<T> AskAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> answer, CancellationToken cancellationToken) =>
        AskAsync(request, async (content, stop) =>
        {
            await using var body = await content.ReadAsStreamAsync(stop);
            return await JsonSerializer.DeserializeAsync(body, answer, stop) ?? throw new JsonException("it was empty");
        }, cancellationToken);

    private async Task<T> AskAsync<T>(HttpRequestMessage request, Func<HttpContent, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AnswerLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await SendAsync(request, either.Token);
            return await read(response.Content, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new HoldfastException(ErrorKind.Unavailable, "agent.timeout", $"The agent on {_socket.Path} did not answer within {AnswerLimit.TotalSeconds:0} seconds.",
                "See what it is doing: journalctl -u holdfast.");
        }
        catch (JsonException wrong)
        {
            throw NotUnderstood(wrong.Message);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            throw Lost(broken);
        }
    }

    private async IAsyncEnumerable<T> StreamAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> line, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, cancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        while (await NextLineAsync(reader, cancellationToken) is { } text)
        {
            if (text.Length > 0) yield return Parse(text, line); // An empty line keeps an idle connection alive.
        }
    }

    private async Task<string?> NextLineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            throw Lost(broken);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException failure) when (failure.InnerException is HoldfastException answer)
        {
            throw answer;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            throw Lost(broken);
        }

        if (response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.Accepted) return response;
        using (response)
        {
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            throw response.StatusCode == HttpStatusCode.Accepted ? Waiting(body) : Refusal(response.StatusCode, body);
        }
    }

    // Nothing was done: whoever runs a script must not take it for done.
    private static HoldfastException Waiting(string body)
    {
        var asked = JsonSerializer.Deserialize(body, NodeApiJson.Default.ApprovalAsked);
        return new HoldfastException(ErrorKind.Conflict, "approval.waiting", asked?.Message ?? "It waits for a second person.", $"Another administrator can approve it: holdfast approval approve {asked?.Approval.Id}");
    }

    private HoldfastException Refusal(HttpStatusCode status, string body) =>
        ReadProblem(body) is { } problem ? Problems.ToException(problem with { Status = (int)status }) : Problems.OfStatus(status, _socket.Path);

    private static ApiProblem? ReadProblem(string body)
    {
        try
        {
            var problem = JsonSerializer.Deserialize(body, NodeApiJson.Default.ApiProblem);
            return problem is { Code: not null, Detail: not null } ? problem : null;
        }
        catch (JsonException)
        {
            return null; // Whatever answered does not speak the node API; the status still says something.
        }
    }

    private T Parse<T>(string text, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(text, type) ?? throw NotUnderstood("a line was empty");
        }
        catch (JsonException wrong)
        {
            throw NotUnderstood(wrong.Message);
        }
    }

    private AgentFaultException NotUnderstood(string why) => new("agent.bad-answer", $"The answer of the agent on {_socket.Path} cannot be read: {why.TrimEnd('.')}.",
        "The agent and this command may be of different versions; restart the agent.");

    private HoldfastException Lost(Exception inner) => new(ErrorKind.Unavailable, "agent.connection-lost", $"The agent on {_socket.Path} closed the connection before it answered.",
        "Whether it acted is not known; look with 'holdfast cluster status', then try again.", inner);
}
