namespace Holdfast.Management.Repository.Rows;

/// <summary>A vault that was seen in results of jobs or in listings.</summary>
/// <param name="Snapshots">How many snapshots of it the catalogue has.</param>
/// <param name="UsedBytes">What its snapshots added to it, as far as that was counted.</param>
/// <param name="Seen">When a job worked with it last.</param>
/// <param name="Listed">When its listing replaced the catalogue's; null when it never did.</param>
public sealed record VaultRow(string Vault, long Snapshots, long? UsedBytes, DateTimeOffset Seen, DateTimeOffset? Listed);
