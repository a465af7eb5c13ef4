namespace Holdfast.Management.Repository.Rows;

/// <summary>What a machine told last of what it has.</summary>
/// <param name="Seen">When it told that.</param>
/// <param name="Volumes">Its volumes, as JSON.</param>
/// <param name="Shared">The shared volumes as it sees them, as JSON.</param>
public sealed record MachineRow(string Node, DateTimeOffset Seen, string Volumes, string Shared);
