using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Cluster.Access;
using Holdfast.Management.Api;
using Holdfast.Management.People;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Management.Approvals;

/// <summary>Carries an approved request out, as it was sent, for whoever asked.</summary>
/// <param name="operations">The operations themselves, without what guards them.</param>
/// <param name="look">How what a request is about is now.</param>
/// <param name="find">Somebody who may sign in, by name.</param>
internal sealed class ApprovalRun(Func<IEnumerable<Operation>> operations, Func<AskedRequest, CancellationToken, Task<string?>> look, Func<string, PersonRecord?> find)
{
    /// <summary>Carries it out, if it still is what was asked, by whom may still ask, for what is as it was then.</summary>
    /// <returns>The status that it was answered with, and what came of it.</returns>
    public async Task<(int Status, string Outcome)> CarryOutAsync(Approval approval, CancellationToken cancellationToken)
    {
        try
        {
            var (request, operation) = (approval.Request, operations().FirstOrDefault(known => known.Method == approval.Request.Method && known.Path == approval.Request.Route));
            if (operation is null) throw Changed("This build knows no such request any more.");
            if (request.Digest() != approval.Digest) throw Changed("What was kept is not what was asked for.");
            if (!MayStill(approval, operation.Level)) throw new HoldfastException(ErrorKind.Forbidden, "approval.asker-gone", $"{approval.AskedBy}, who asked for it, may not do this any more.", "Somebody who may has to ask for it.");
            if (await look(request, cancellationToken) != approval.Stamp) throw Changed("What it is about was changed since it was asked for.");
            return await HandleAsync(request, operation, new Person($"{approval.AskedBy}, approved by {approval.DecidedBy}", approval.Level, approval.Address, Behind: approval.Principal));
        }
        catch (HoldfastException problem)
        {
            return (ApiProblems.StatusOf(problem.Kind), problem.Message);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return (StatusCodes.Status503ServiceUnavailable, $"Whether it was done is unknown: {exception.Message}");
        }
    }

    // Whom a node's socket or certificate proved cannot be asked again; what they were then counts.
    private bool MayStill(Approval approval, AccessLevel needed) =>
        approval.Level >= needed && (approval.Principal.Contains(' ', StringComparison.Ordinal) || (find(approval.Principal) is { Disabled: false } person && person.Level >= needed));

    private static async Task<(int Status, string Outcome)> HandleAsync(AskedRequest request, Operation operation, Person by)
    {
        using var answer = new MemoryStream();
        var http = new DefaultHttpContext();
        (http.Request.Method, http.Request.Path, http.Request.QueryString) = (request.Method, request.Path, new QueryString(request.Query));
        (http.Request.Body, http.Request.ContentLength, http.Request.ContentType) = (new MemoryStream(request.Body, writable: false), request.Body.Length, request.MediaType);
        foreach (var (name, value) in request.Names) http.Request.RouteValues[name] = value;
        http.Response.Body = answer;
        await operation.Handle(http, by);
        return (http.Response.StatusCode, SentenceOf(answer.ToArray()));
    }

    // What was done, or what was wrong, in the words of whoever answered.
    private static string SentenceOf(byte[] answer)
    {
        try
        {
            var said = JsonElement.Parse(answer);
            foreach (var name in (string[])["message", "detail", "reason"])
            {
                if (said.ValueKind == JsonValueKind.Object && said.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String) return text.GetString()!;
            }
        }
        catch (JsonException)
        {
        }

        return "It was answered.";
    }

    private static HoldfastException Changed(string why) => new(ErrorKind.Conflict, "approval.changed", why, "Nothing was done; who wants it asks again.");
}
