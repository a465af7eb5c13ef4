using System.Security.Cryptography;
using System.Text;
using Holdfast.Agent.Access;
using Holdfast.Agent.Api;
using Holdfast.Agent.Doors;
using Holdfast.Cluster;
using Holdfast.Cluster.Access;
using Holdfast.Management.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Management.Api;

/// <summary>Routes requests to operations: who it is, whether they may, whether the change is theirs, and only then what they want.</summary>
internal sealed class ApiRoutes(PeopleDesk people, RateLimits limits, Idempotency idempotency)
{
    public const string Base = "/api/v1";
    public const string SessionCookie = "holdfast-session";
    private const string CsrfHeader = "Holdfast-Csrf";
    private const string Bearer = "Bearer ";

    /// <summary>Maps the operations.</summary>
    public void Map(IEndpointRouteBuilder app, IEnumerable<Operation> operations)
    {
        foreach (var operation in operations) app.MapMethods(Base + operation.Path, [operation.Method], http => HandleAsync(http, operation));
        app.Map(Base + "/{**rest}", http => NodeApi.ProblemAsync(http, new HoldfastException(ErrorKind.NotFound, "request.unknown", $"There is no {http.Request.Method} {http.Request.Path}.", "See /openapi/v1.json.")));
    }

    /// <summary>Maps an operation that is not below <see cref="Base"/>, guarded like all.</summary>
    public void MapOutside(IEndpointRouteBuilder app, Operation operation) => app.MapMethods(operation.Path, [operation.Method], http => HandleAsync(http, operation));

    /// <summary>Whether whoever asks speaks TLS with the door: a cookie that must not travel in the clear would be lost on <c>holdfast dev</c>'s plain address.</summary>
    public static bool IsSecure(HttpContext http) => http.Request.Headers[Forwarder.SchemeHeader] == "https";

    private async Task HandleAsync(HttpContext http, Operation operation)
    {
        try
        {
            var person = Find(http) ?? new Person("", AccessLevel.None, AddressOf(http));
            limits.Require(person, operation);
            ApiArea.Require(person.Name, person.Areas, operation.Areas);
            if (person.Level < operation.Level) throw person.Level == AccessLevel.None ? Unknown() : Forbidden(person, operation.Level);
            if (operation.Changes && person.Session is { } session && !IsSame(http.Request.Headers[CsrfHeader].ToString(), session.Csrf))
                throw new HoldfastException(ErrorKind.Forbidden, "session.csrf", $"The header {CsrfHeader} is missing or wrong.", "A change repeats in it what GET /api/v1/session says.");
            await idempotency.HandleAsync(http, operation, person);
        }
        catch (HoldfastException problem) when (!http.Response.HasStarted)
        {
            if (problem.Code == "session.missing") http.Response.Headers.WWWAuthenticate = "Bearer";
            await NodeApi.ProblemAsync(http, problem);
            if (problem.Code == RateLimits.Code) http.Response.Headers.RetryAfter = "1";
        }
    }

    /// <summary>Who asks: what a node's gate proved, a token, or a session.</summary>
    private Person? Find(HttpContext http)
    {
        var address = AddressOf(http);
        if (http.Request.Headers[CallerText.Header] is [{ } proven]) return CallerText.Parse(proven) is var (level, from, name) ? new Person(name, level, from) : null;
        if (http.Request.Headers.Authorization.ToString() is var header && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return people.FindToken(header[Bearer.Length..].Trim(), address);
        return http.Request.Cookies[SessionCookie] is { Length: > 0 } secret ? people.FindSession(secret, address) : null;
    }

    private static string AddressOf(HttpContext http) => http.Request.Headers[Forwarder.AddressHeader] is [{ Length: > 0 } address] ? address : "unknown";

    private static bool IsSame(string given, string wanted) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(wanted));

    private static HoldfastException Unknown() => new(ErrorKind.Unauthenticated, "session.missing", "Nobody is signed in, or the session or token counts no more.", "Sign in, or send a token: Authorization: Bearer TOKEN.");

    private static HoldfastException Forbidden(Person person, AccessLevel needed) =>
        new(ErrorKind.Forbidden, "access.denied", $"This needs {needed.ToString().ToLowerInvariant()}, and {person.Name} is {person.Level.ToString().ToLowerInvariant()}.", "An administrator can change that under people.");
}
