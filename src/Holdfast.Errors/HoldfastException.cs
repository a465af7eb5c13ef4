namespace Holdfast;

/// <summary>What kind of answer an error is; the edges turn it into an HTTP status and an exit status.</summary>
public enum ErrorKind
{
    /// <summary>The input is wrong and will be wrong again (HTTP 400, exit 2).</summary>
    Invalid,

    /// <summary>The thing named does not exist (HTTP 404, exit 3).</summary>
    NotFound,

    /// <summary>The state of the cluster forbids it now (HTTP 409, exit 4).</summary>
    Conflict,

    /// <summary>Quorum, a node or the store cannot be reached (HTTP 503, exit 5).</summary>
    Unavailable,

    /// <summary>The caller may not do this (HTTP 403, exit 6).</summary>
    Forbidden,

    /// <summary>Nobody knows who the caller is (HTTP 401, exit 6).</summary>
    Unauthenticated,

    /// <summary>The caller asks too often (HTTP 429, exit 5).</summary>
    TooMany,
}

/// <summary>An error that is an answer, not a bug: a stable code, what happened to which thing, and what to do next.</summary>
public class HoldfastException(ErrorKind kind, string code, string message, string? hint = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Gets the kind of answer.</summary>
    public ErrorKind Kind { get; } = kind;

    /// <summary>Gets the stable code, dotted and lower case, such as <c>role.not-found</c>.</summary>
    public string Code { get; } = code;

    /// <summary>Gets what to do next, one sentence.</summary>
    public string? Hint { get; } = hint;
}
