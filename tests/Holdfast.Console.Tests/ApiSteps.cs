using System.Text;
using Holdfast.Management.Tests.Service;

namespace Holdfast.Console.Tests;

/// <summary>What tests prepare through the API before they look at it in the browser.</summary>
internal static class ApiSteps
{
    /// <summary>Applies a declaration.</summary>
    public static async Task ApplyAsync(this ApiClient api, string yaml)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/apply") { Content = new StringContent(yaml, Encoding.UTF8, "application/yaml") };
        request.Headers.Add("Holdfast-Csrf", api.Csrf);
        await ExpectAsync(await api.Http.SendAsync(request));
    }

    /// <summary>Deletes something.</summary>
    public static async Task DeleteAsync(this ApiClient api, string path) => await ExpectAsync(await api.SendAsync(HttpMethod.Delete, path));

    private static async Task ExpectAsync(HttpResponseMessage answer)
    {
        using (answer) Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
