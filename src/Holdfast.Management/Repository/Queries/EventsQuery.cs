namespace Holdfast.Management.Repository.Queries;

/// <summary>Which events.</summary>
/// <param name="Kind">A kind (<c>role.online</c>), or all that begin alike (<c>role.*</c>).</param>
/// <param name="Text">A part of the message, in whatever case.</param>
public sealed record EventsQuery(string? Kind = null, string? Role = null, string? Node = null, string? Text = null) : ListQuery;
