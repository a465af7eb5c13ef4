namespace Holdfast.Store.State;

/// <summary>How many changes a store keeps for watchers that fall behind.</summary>
/// <param name="MaxRevisions">The default is 10 000.</param>
/// <param name="MaxBytes">The default is 32 MiB; the newest change is kept whatever its size.</param>
public sealed record ChangeRetention(int MaxRevisions = 10_000, long MaxBytes = 32 * 1024 * 1024);
