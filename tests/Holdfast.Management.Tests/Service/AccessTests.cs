using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Holdfast.Management.Tests.Service;

/// <summary>Who may do what over the API, and how they prove who they are.</summary>
[Collection(DevCollection.Name)]
public sealed class AccessTests(DevService dev)
{
    private static readonly string[] Levels = ["none", "viewer", "operator", "admin"];

    [Fact]
    public async Task Every_request_is_refused_to_everybody_below_its_level()
    {
        var document = await dev.Admin.Http.GetFromJsonAsync<JsonElement>("openapi/v1.json");
        using var nobody = new ApiClient(dev.Address);
        using var viewer = await dev.WithTokenAsync("viewer");
        using var operators = await dev.WithTokenAsync("operator");
        (string Level, ApiClient Client)[] people = [("none", nobody), ("viewer", viewer), ("operator", operators)];
        var refused = 0;
        foreach (var (method, path, needed, _) in Requests(document))
        {
            foreach (var (level, client) in people.Where(person => Array.IndexOf(Levels, person.Level) < Array.IndexOf(Levels, needed)))
            {
                var (status, code) = await client.RefusedAsync(method, path);
                Assert.True((status, code) == (level == "none" ? (HttpStatusCode.Unauthorized, "session.missing") : (HttpStatusCode.Forbidden, "access.denied")), $"{method} {path}, which needs {needed}, told {level}: {status} {code}");
                refused++;
            }
        }

        Assert.InRange(refused, 80, 1000); // It looked at something.
    }

    [Fact]
    public async Task Every_request_is_refused_to_a_token_that_is_limited_to_other_areas_before_anything_else()
    {
        var document = await dev.Admin.Http.GetFromJsonAsync<JsonElement>("openapi/v1.json");
        var areas = document.GetProperty("tags").EnumerateArray().Select(tag => tag.GetProperty("name").GetString()!).ToList();
        var refused = 0;
        foreach (var area in areas)
        {
            // Of a viewer, so that nothing is carried out where this is not refused.
            using var limited = await dev.WithTokenAsync("viewer", area);
            foreach (var (method, path, needed, of) in Requests(document).Where(request => !request.Areas.All(other => other == area)))
            {
                var (status, code) = await limited.RefusedAsync(method, path, method == HttpMethod.Get ? null : new StringContent("this is no JSON"));
                Assert.True((status, code) == (HttpStatusCode.Forbidden, $"access.area-{of.First(other => other != area)}"), $"{method} {path}, which is in {string.Join(", ", of)}, told a token for {area}: {status} {code}");
                refused++;
            }

            using var metrics = await limited.Http.GetAsync("metrics");
            Assert.Equal(area == "metrics" ? HttpStatusCode.OK : HttpStatusCode.Forbidden, metrics.StatusCode);
        }

        Assert.InRange(refused, 800, 3000); // It looked at something.
    }

    [Fact]
    public async Task A_token_does_what_is_in_its_areas_as_its_level_allows()
    {
        using var limited = await dev.WithTokenAsync("viewer", "jobs", "history");
        using var several = await dev.WithTokenAsync("viewer", "cluster", "jobs", "policies", "alerts", "people");

        await limited.GetAsync("jobs");
        await limited.GetAsync("events");
        await several.GetAsync("overview");
        Assert.Equal((HttpStatusCode.Forbidden, "access.denied"), await limited.RefusedAsync(HttpMethod.Post, "jobs/x/run"));
        Assert.Equal((HttpStatusCode.Forbidden, "access.area-people"), await limited.RefusedAsync(HttpMethod.Get, "session"));
        var listed = (await dev.Admin.GetAsync("tokens")).EnumerateArray().Last(token => token.GetProperty("name").GetString() == "test-viewer-jobs-history");
        Assert.Equal(["jobs", "history"], listed.GetProperty("areas").EnumerateArray().Select(area => area.GetString()));
    }

    [Fact]
    public async Task A_token_makes_nobody_who_may_more_than_its_own_areas()
    {
        using var people = await dev.WithTokenAsync("admin", "people", "metrics");

        foreach (var areas in (string[]?[])[null, [], ["jobs"], ["people", "jobs"]])
            Assert.Equal((HttpStatusCode.BadRequest, "token.invalid"), await people.RefusedAsync(HttpMethod.Post, "tokens", new { name = "more", level = "viewer", expires = TimeProvider.System.GetUtcNow().AddDays(1), areas }));
        Assert.Equal((HttpStatusCode.BadRequest, "token.invalid"), await dev.Admin.RefusedAsync(HttpMethod.Post, "tokens", new { name = "x", level = "viewer", expires = TimeProvider.System.GetUtcNow().AddDays(1), areas = (string[])["everything"] }));
        var made = await people.PostAsync("tokens", new { name = "less", level = "viewer", expires = TimeProvider.System.GetUtcNow().AddDays(1), areas = (string[])["metrics"] });
        Assert.Equal(["metrics"], made.GetProperty("info").GetProperty("areas").EnumerateArray().Select(area => area.GetString()));
        // Whoever signs in, an account on a node, or a node that joins is limited to no areas.
        Assert.Equal((HttpStatusCode.Forbidden, "access.area-cluster"), await people.RefusedAsync(HttpMethod.Put, "people/mallory", new { level = "admin", password = "a long enough one" }));
        Assert.Equal((HttpStatusCode.Forbidden, "access.area-cluster"), await people.RefusedAsync(HttpMethod.Post, "session", new { name = "admin", password = DevService.AdminPassword }));
        Assert.Equal((HttpStatusCode.Forbidden, "access.area-cluster"), await people.RefusedAsync(HttpMethod.Post, "access", new { subject = "user:nobody", level = "admin" }));
        Assert.Equal((HttpStatusCode.Forbidden, "access.area-cluster"), await people.RefusedAsync(HttpMethod.Post, "tokens/join", new { }));
    }

    [Fact]
    public async Task What_reads_needs_a_viewer_at_least_and_only_signing_in_needs_nobody()
    {
        var document = await dev.Admin.Http.GetFromJsonAsync<JsonElement>("openapi/v1.json");

        Assert.Equal("POST session", Assert.Single(Requests(document), request => request.Needed == "none") is var open ? $"{open.Method} {open.Path}" : "");
        Assert.DoesNotContain(Requests(document), request => request.Method != HttpMethod.Get && request.Needed == "viewer" && request.Path != "session");
    }

    [Fact]
    public async Task Nobody_can_say_in_a_header_who_they_are()
    {
        using var client = new ApiClient(dev.Address);
        client.Http.DefaultRequestHeaders.Add("Holdfast-Caller", "admin;127.0.0.1;root");
        client.Http.DefaultRequestHeaders.Add("Holdfast-Address", "10.0.0.1");

        Assert.Equal((HttpStatusCode.Unauthorized, "session.missing"), await client.RefusedAsync(HttpMethod.Get, "people"));
        using var peer = await client.Http.GetAsync("v1/peer/management/api/v1/people");
        Assert.NotEqual("application/json", peer.Content.Headers.ContentType?.MediaType); // The console's page at most, as at every address that is none of the API's.
    }

    [Fact]
    public async Task A_change_of_a_session_needs_what_another_site_cannot_know()
    {
        using var client = new ApiClient(dev.Address);
        await client.SignInAsync("admin", DevService.AdminPassword);
        using var forged = await client.Http.PostAsJsonAsync("api/v1/tokens", new { name = "forged", level = "admin", expires = TimeProvider.System.GetUtcNow().AddDays(1) });

        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        Assert.Contains("session.csrf", await forged.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cookie_that_was_planted_before_the_sign_in_is_worth_nothing_after()
    {
        using var victim = new ApiClient(dev.Address);
        using var planted = new HttpRequestMessage(HttpMethod.Post, "api/v1/session") { Content = JsonContent.Create(new { name = "admin", password = DevService.AdminPassword }) };
        planted.Headers.Add("Cookie", "holdfast-session=planted-by-somebody");
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = dev.Address };
        using var signedIn = await http.SendAsync(planted);
        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        Assert.Contains(signedIn.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("holdfast-session=", StringComparison.Ordinal) && cookie.Contains("httponly", StringComparison.OrdinalIgnoreCase) && cookie.Contains("samesite=strict", StringComparison.OrdinalIgnoreCase));

        using var attempt = new HttpRequestMessage(HttpMethod.Get, "api/v1/session");
        attempt.Headers.Add("Cookie", "holdfast-session=planted-by-somebody");
        using var refused = await http.SendAsync(attempt);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task Who_signs_out_or_is_disabled_is_nobody_at_once()
    {
        await dev.Admin.PutAsync("people/berta", new { level = "operator", password = "a long enough one" });
        using var one = new ApiClient(dev.Address);
        using var two = new ApiClient(dev.Address);
        await one.SignInAsync("berta", "a long enough one");
        await two.SignInAsync("berta", "a long enough one");
        Assert.NotEqual(one.Cookie, two.Cookie);

        (await one.SendAsync(HttpMethod.Delete, "session")).Dispose();
        Assert.Equal(HttpStatusCode.Unauthorized, (await one.RefusedAsync(HttpMethod.Get, "session")).Status);
        Assert.Equal("berta", (await two.GetAsync("session")).GetProperty("name").GetString());

        await dev.Admin.PutAsync("people/berta", new { disabled = true });
        Assert.Equal(HttpStatusCode.Unauthorized, (await two.RefusedAsync(HttpMethod.Get, "session")).Status);
        using var again = new ApiClient(dev.Address);
        Assert.Equal((HttpStatusCode.Unauthorized, "session.refused"), await again.RefusedAsync(HttpMethod.Post, "session", new { name = "berta", password = "a long enough one" }));
    }

    [Fact]
    public async Task Who_guesses_is_not_even_looked_at_after_some_attempts()
    {
        // Over the service's own socket, where the test can be another address than every other test.
        await dev.Admin.PutAsync("people/carla", new { level = "viewer", password = "a long enough one" });
        using var http = dev.OnSocket("management.sock");
        http.DefaultRequestHeaders.Add("Holdfast-Address", "192.0.2.66");
        HttpStatusCode last = default;
        for (var attempt = 0; attempt < 8; attempt++)
        {
            using var answer = await http.PostAsJsonAsync("api/v1/session", new { name = "carla", password = $"guess {attempt}, wrong" });
            last = answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
        using var right = await http.PostAsJsonAsync("api/v1/session", new { name = "carla", password = "a long enough one" });
        Assert.Equal(HttpStatusCode.TooManyRequests, right.StatusCode);
    }

    [Fact]
    public async Task The_last_administrator_stays()
    {
        Assert.Equal((HttpStatusCode.Conflict, "person.last-admin"), await dev.Admin.RefusedAsync(HttpMethod.Delete, "people/admin"));
        Assert.Equal((HttpStatusCode.Conflict, "person.last-admin"), await dev.Admin.RefusedAsync(HttpMethod.Put, "people/admin", new { level = "viewer" }));
    }

    [Fact]
    public async Task Nobody_makes_a_token_that_may_more_than_they_do()
    {
        Assert.Equal((HttpStatusCode.BadRequest, "token.invalid"), await dev.Admin.RefusedAsync(HttpMethod.Post, "tokens", new { name = "x", level = "none", expires = TimeProvider.System.GetUtcNow().AddDays(1) }));
        Assert.Equal((HttpStatusCode.BadRequest, "token.invalid"), await dev.Admin.RefusedAsync(HttpMethod.Post, "tokens", new { name = "x", level = "admin", expires = TimeProvider.System.GetUtcNow().AddDays(500) }));
    }

    private static IEnumerable<(HttpMethod Method, string Path, string Needed, string[] Areas)> Requests(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select (new HttpMethod(operation.Name.ToUpperInvariant()), path.Name["/api/v1/".Length..].Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal), operation.Value.GetProperty("x-level").GetString()!,
            (string[])[.. operation.Value.GetProperty("x-areas").EnumerateArray().Select(area => area.GetString()!)]);
}
