using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cluster;

namespace Holdfast.Cli.CommandLine;

/// <summary>How an error looks at the edge: one line on standard error, or with <c>--json</c> one problem object there.</summary>
internal static class ErrorReport
{
    public static void Write(Exception exception, TextWriter error, bool json)
    {
        var known = exception as HoldfastException;
        var code = known?.Code ?? "unexpected";
        var message = OneLine(known?.Message ?? $"{exception.GetType().Name}: {exception.Message}");
        var hint = OneLine(known is null ? "This is a defect; please report it with the command that you ran." : known.Hint);
        error.WriteLine(json
            ? JsonSerializer.Serialize(new ApiProblem($"urn:holdfast:error:{code}", TitleOf(known), StatusOf(exception), message!, code, hint), NodeApiJson.Default.ApiProblem)
            : $"error: {string.Join(' ', new[] { message, hint }.Where(part => !string.IsNullOrEmpty(part)))} [{code}]");
    }

    private static string TitleOf(HoldfastException? error) => error switch
    {
        null or AgentFaultException => "Unexpected error",
        WaitTimeoutException => "Timed out",
        _ => error.Kind switch
        {
            ErrorKind.Invalid => "Bad input",
            ErrorKind.NotFound => "Not found",
            ErrorKind.Conflict => "Not possible now",
            ErrorKind.Forbidden => "Forbidden",
            _ => "Unavailable",
        },
    };

    private static int StatusOf(Exception exception) => ExitCodes.Of(exception) switch
    {
        ExitCode.BadInput => 400,
        ExitCode.Forbidden => 403,
        ExitCode.NotFound => 404,
        ExitCode.Conflict => 409,
        ExitCode.Unavailable => 503,
        ExitCode.TimedOut => 504,
        _ => 500,
    };

    // Somebody else's message may have line breaks; one error stays one line.
    private static string? OneLine(string? text) => text is null ? null : string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
