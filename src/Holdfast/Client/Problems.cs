using System.Net;
using Holdfast.Agent.Api;
using Holdfast.Cli.CommandLine;
using Holdfast.Cluster;

namespace Holdfast.Cli.Client;

/// <summary>Turns the errors that travel back into the errors that they were.</summary>
internal static class Problems
{
    public static HoldfastException ToException(ApiProblem problem) => (HttpStatusCode)problem.Status switch
    {
        HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnsupportedMediaType => Known(problem, ErrorKind.Invalid),
        HttpStatusCode.NotFound => Known(problem, ErrorKind.NotFound),
        HttpStatusCode.Conflict => Known(problem, ErrorKind.Conflict),
        HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => Known(problem, ErrorKind.Forbidden),
        HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout or HttpStatusCode.BadGateway => Known(problem, ErrorKind.Unavailable),
        _ => new AgentFaultException(problem.Code, problem.Detail, problem.Hint ?? "See journalctl -u holdfast on that node."),
    };

    /// <summary>The error for an answer without a problem document, of which only the status is known.</summary>
    public static HoldfastException OfStatus(HttpStatusCode status, string socketPath) => status == HttpStatusCode.NotFound
        ? new HoldfastException(ErrorKind.NotFound, "agent.too-old", $"The agent on {socketPath} does not know this request.", "Restart the agent after an update; 'holdfast --version' says which version this command is.")
        : ToException(new ApiProblem("about:blank", "", (int)status, $"The agent on {socketPath} answered with HTTP {(int)status}.", $"agent.http-{(int)status}", null));

    private static HoldfastException Known(ApiProblem problem, ErrorKind kind) => new(kind, problem.Code, problem.Detail, problem.Hint);
}
