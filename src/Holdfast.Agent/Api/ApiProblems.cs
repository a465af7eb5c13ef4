using Holdfast.Cluster;

namespace Holdfast.Agent.Api;

/// <summary>Errors as HTTP says them.</summary>
public static class ApiProblems
{
    /// <summary>The HTTP status of a kind of error.</summary>
    public static int StatusOf(ErrorKind kind) => kind switch
    {
        ErrorKind.Invalid => 400,
        ErrorKind.Unauthenticated => 401,
        ErrorKind.Forbidden => 403,
        ErrorKind.NotFound => 404,
        ErrorKind.Conflict => 409,
        ErrorKind.TooMany => 429,
        ErrorKind.Unavailable => 503,
        _ => 500,
    };

    /// <summary>The kind of error of an HTTP status.</summary>
    public static ErrorKind KindOf(int status) => status switch
    {
        400 => ErrorKind.Invalid,
        401 => ErrorKind.Unauthenticated,
        403 => ErrorKind.Forbidden,
        404 => ErrorKind.NotFound,
        409 => ErrorKind.Conflict,
        429 => ErrorKind.TooMany,
        _ => ErrorKind.Unavailable,
    };

    /// <summary>An error as a problem.</summary>
    public static ApiProblem From(HoldfastException error) =>
        new($"urn:holdfast:error:{error.Code}", error.Kind.ToString(), StatusOf(error.Kind), error.Message, error.Code, error.Hint);
}
