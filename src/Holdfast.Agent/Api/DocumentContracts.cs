using System.Text.Json;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Api;

/// <summary>GET /v1/management/documents: one document of the management service.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Revision">The store's revision of its last change; conditions name it.</param>
/// <param name="Value">What it says, which only that service understands.</param>
public sealed record DocumentInfo(string Name, long Revision, JsonElement Value);

/// <summary>PUT /v1/management/documents/{name}</summary>
/// <param name="Revision">The revision that was judged; 0 for a document that is not there yet.</param>
/// <param name="Epoch">The epoch at which the writer owns role <c>management</c>: of any other owner nothing is taken.</param>
/// <param name="Value">The new text; null removes it.</param>
/// <param name="Audit">Who did what, one sentence; null for what nobody did.</param>
public sealed record DocumentPut(long Revision, Epoch Epoch, JsonElement? Value, string? Audit = null);

/// <summary>The answer to a change.</summary>
/// <param name="Revision">The document's revision now.</param>
public sealed record DocumentRevision(long Revision);
