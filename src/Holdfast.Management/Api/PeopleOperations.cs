using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Cluster.Access;
using Holdfast.Management.People;
using Microsoft.AspNetCore.Http;
using static Holdfast.Management.Api.Answering;

namespace Holdfast.Management.Api;

/// <summary>Signing in and out, people, and the tokens of programs.</summary>
internal sealed class PeopleOperations(PeopleDesk desk)
{
    /// <summary>Every one of them.</summary>
    public IEnumerable<Operation> All() =>
    [
        Send("POST", "/session", AccessLevel.None, "Signs in; the answer sets a cookie.", ManagementJson.Default.SignIn, ManagementJson.Default.SessionInfo, SignInAsync),
        Get("/session", AccessLevel.Viewer, "Who is signed in.", ManagementJson.Default.SessionInfo, (_, person) => Task.FromResult(new SessionInfo(person.Name, person.Level, person.Session?.Csrf, person.Session?.Expires))),
        Act("DELETE", "/session", AccessLevel.Viewer, "Signs out.", async (http, person) =>
        {
            await desk.SignOutAsync(person, http.RequestAborted);
            http.Response.Cookies.Delete(ApiRoutes.SessionCookie);
            return "Signed out.";
        }),
        Get("/people", AccessLevel.Admin, "Who may sign in.", ManagementJson.Default.IReadOnlyListPersonInfo, (_, _) =>
            Task.FromResult<IReadOnlyList<PersonInfo>>([.. desk.List().Select(person => new PersonInfo(person.Name, person.Level, person.OneTime, person.Disabled))])),
        Send("PUT", "/people/{name}", AccessLevel.Admin, "Makes or changes a person.", ManagementJson.Default.PersonPut, ManagementJson.Default.PersonDone, async (http, by, put) =>
            new PersonDone($"{NodeApi.Part(http, "name")} is set.", await desk.PutAsync(NodeApi.Part(http, "name"), put, by, http.RequestAborted))),
        Act("DELETE", "/people/{name}", AccessLevel.Admin, "Removes a person.", async (http, by) =>
        {
            await desk.RemoveAsync(NodeApi.Part(http, "name"), by, http.RequestAborted);
            return $"{NodeApi.Part(http, "name")} is removed and signed out.";
        }),
        Get("/tokens", AccessLevel.Admin, "The tokens of programs.", ManagementJson.Default.IReadOnlyListTokenInfo, (_, _) => Task.FromResult<IReadOnlyList<TokenInfo>>([.. desk.Tokens().Select(Describe)])),
        Send("POST", "/tokens", AccessLevel.Admin, "Makes a token; its text is in this answer only.", ManagementJson.Default.TokenAsked, ManagementJson.Default.TokenMade, async (http, by, asked) =>
        {
            var (token, text) = await desk.MakeTokenAsync(asked, by, http.RequestAborted);
            return new TokenMade(Describe(token), text);
        }),
        Act("DELETE", "/tokens/{id}", AccessLevel.Admin, "Takes a token back.", async (http, by) =>
        {
            await desk.RemoveTokenAsync(NodeApi.Part(http, "id"), by, http.RequestAborted);
            return "The token counts no more.";
        }),
    ];

    private static TokenInfo Describe(TokenRecord token) => new(token.Id, token.Name, token.Level, token.Expires, token.By, token.Areas);

    private async Task<SessionInfo> SignInAsync(HttpContext http, Person nobody, SignIn asked)
    {
        if (string.IsNullOrEmpty(asked.Name) || string.IsNullOrEmpty(asked.Password)) throw new HoldfastException(ErrorKind.Invalid, "session.incomplete", "Name or password is missing.", "Give both.");
        var (session, secret, person) = await desk.SignInAsync(asked.Name, asked.Password, asked.NewPassword, nobody.Address, http.RequestAborted);
        // A new secret at each sign-in: one that was planted before is worth nothing after.
        http.Response.Cookies.Append(ApiRoutes.SessionCookie, secret, new CookieOptions { HttpOnly = true, Secure = ApiRoutes.IsSecure(http), SameSite = SameSiteMode.Strict, Path = "/", Expires = session.Expires });
        return new SessionInfo(person.Name, person.Level, session.Csrf, session.Expires);
    }
}
