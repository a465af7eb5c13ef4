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
        var lines = (known?.Message ?? $"{exception.GetType().Name}: {exception.Message}").Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var hint = known is null ? "This is a defect; please report it with the command that you ran." : known.Hint;
        if (json)
        {
            error.WriteLine(JsonSerializer.Serialize(new ApiProblem($"urn:holdfast:error:{code}", TitleOf(known), StatusOf(exception), string.Join('\n', lines), code, hint), NodeApiJson.Printed.ApiProblem));
            return;
        }
        // One error is one line; only a list of several mistakes (a declaration's) keeps a line for each.
        var listed = lines.Length > 2 ? lines[1..] : [];
        var first = string.Join(' ', lines[..^listed.Length].Append(hint).Where(part => !string.IsNullOrEmpty(part)).Select(Sentence));
        error.WriteLine($"error: {first} [{code}]");
        foreach (var line in listed) error.WriteLine("  " + line);
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

    private static string Sentence(string? text) => text is [.., '.' or '?' or '!' or ':' or ')'] ? text : text + ".";
}
