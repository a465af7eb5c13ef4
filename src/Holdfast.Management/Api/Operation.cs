using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Cluster.Access;
using Holdfast.Management.Approvals;
using Holdfast.Management.People;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Management.Api;

/// <summary>
/// One request of the API: what routes it, guards it, documents it and tests it is read from here, so that there is no request without a level and none that the document
/// does not know.
/// </summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Below <c>/api/v1</c>, with parameters in braces.</param>
/// <param name="Level">The lowest level that may send it; none for those who have yet to say who they are.</param>
/// <param name="Summary">What it does, one sentence.</param>
/// <param name="Handle">Carries it out.</param>
internal sealed record Operation(string Method, string Path, AccessLevel Level, string Summary, Func<HttpContext, Person, Task> Handle)
{
    /// <summary>Gets the areas that it is in.</summary>
    public ImmutableArray<string> Areas { get; } = ApiArea.Of(Method, Path);

    /// <summary>Gets the body's shape; null when it has none, or a text.</summary>
    public JsonTypeInfo? Body { get; init; }

    /// <summary>Gets the answer's shape; null for streams and files.</summary>
    public JsonTypeInfo? Answer { get; init; }

    /// <summary>Gets the media type of a body that is no JSON; null when it is, or there is none.</summary>
    public string? TextBody { get; init; }

    /// <summary>Gets the media type of an answer that is no JSON; null when it is.</summary>
    public string? StreamAnswer { get; init; }

    /// <summary>Gets what the query may say: names with one sentence each.</summary>
    public IReadOnlyDictionary<string, string> Query { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the acts that it can be, any of which may need a second person; empty when it destroys nothing.</summary>
    public IReadOnlyList<DestructiveAct> Acts { get; init; } = [];

    /// <summary>Gets whether it changes something.</summary>
    public bool Changes => Method is not ("GET" or "HEAD");
}
