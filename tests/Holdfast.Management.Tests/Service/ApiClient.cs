using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Holdfast.Management.Tests.Service;

/// <summary>A client of the API as any program is one.</summary>
public sealed class ApiClient : IDisposable
{
    private readonly CookieContainer _cookies = new();

    public ApiClient(Uri address)
    {
        Http = new HttpClient(new PatientHandler(new SocketsHttpHandler { CookieContainer = _cookies, UseProxy = false, AllowAutoRedirect = false })) { BaseAddress = address };
    }

    public HttpClient Http { get; }

    public string? Cookie => _cookies.GetCookies(Http.BaseAddress!)["holdfast-session"]?.Value;

    public string? Csrf { get; private set; }

    public async Task<JsonElement> SignInAsync(string name, string password, string? newPassword = null)
    {
        var session = await JsonOf(await Http.PostAsJsonAsync("api/v1/session", new { name, password, newPassword }));
        Csrf = session.GetProperty("csrf").GetString();
        return session;
    }

    public async Task<JsonElement> GetAsync(string path) => await JsonOf(await Http.GetAsync("api/v1/" + path));

    public async Task<JsonElement> PostAsync(string path, object? body = null, string? key = null) => await JsonOf(await SendAsync(HttpMethod.Post, path, body, key));

    public async Task<JsonElement> PutAsync(string path, object body) => await JsonOf(await SendAsync(HttpMethod.Put, path, body));

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, "api/v1/" + path) { Content = body as HttpContent ?? (body is null ? null : JsonContent.Create(body)) };
        if (Csrf is not null) request.Headers.Add("Holdfast-Csrf", Csrf);
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return await Http.SendAsync(request);
    }

    /// <summary>The status and code of a request that is refused.</summary>
    public async Task<(HttpStatusCode Status, string? Code)> RefusedAsync(HttpMethod method, string path, object? body = null)
    {
        using var answer = await SendAsync(method, path, body);
        Assert.False(answer.IsSuccessStatusCode, $"{method} {path} was not refused.");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (answer.StatusCode, problem.GetProperty("code").GetString());
    }

    public void Dispose() => Http.Dispose();

    /// <summary>Repeats what the door answered itself because the service was away: on a busy machine the one node may lose its lease, and has it again in a moment.</summary>
    private sealed class PatientHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private const int MostTries = 300;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            for (var tries = 1; ; tries++)
            {
                var answer = await base.SendAsync(request, cancellationToken);
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable || tries == MostTries) return answer;
                await answer.Content.LoadIntoBufferAsync(cancellationToken);
                if (!(await answer.Content.ReadAsStringAsync(cancellationToken)).Contains("\"management.away\"", StringComparison.Ordinal)) return answer;
                answer.Dispose();
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
            }
        }
    }

    private static async Task<JsonElement> JsonOf(HttpResponseMessage answer)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage?.Method} {answer.RequestMessage?.RequestUri} was answered with {(int)answer.StatusCode}: {text}");
            return JsonDocument.Parse(text).RootElement.Clone();
        }
    }
}
