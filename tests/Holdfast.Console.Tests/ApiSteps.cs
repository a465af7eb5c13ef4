using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Holdfast.Management.Tests.Service;

namespace Holdfast.Console.Tests;

/// <summary>What tests prepare through the API before they look at it in the browser.</summary>
internal static class ApiSteps
{
    /// <summary>Applies a declaration.</summary>
    public static Task ApplyAsync(this ApiClient api, string yaml) => SureAsync(api, () => new(HttpMethod.Post, "api/v1/apply") { Content = new StringContent(yaml, Encoding.UTF8, "application/yaml") });

    /// <summary>Makes a change, and reads its answer.</summary>
    public static async Task<JsonElement> SetAsync(this ApiClient api, HttpMethod method, string path, object? body = null) =>
        JsonDocument.Parse(await SureAsync(api, () => new(method, "api/v1/" + path) { Content = body is null ? null : JsonContent.Create(body) })).RootElement.Clone();

    // As any client of the API: the same key until somebody answers.
    private static async Task<string> SureAsync(ApiClient api, Func<HttpRequestMessage> make)
    {
        var key = Guid.NewGuid().ToString("N");
        for (var tries = 0; ; tries++)
        {
            using var request = make();
            request.Headers.Add("Holdfast-Csrf", api.Csrf);
            request.Headers.Add("Idempotency-Key", key);
            using var answer = await api.Http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            if (answer.IsSuccessStatusCode) return text;
            Assert.True(answer.StatusCode == HttpStatusCode.ServiceUnavailable && tries < Window.MostTries, text);
            await Task.Delay(Window.Pause, TimeProvider.System);
        }
    }
}
