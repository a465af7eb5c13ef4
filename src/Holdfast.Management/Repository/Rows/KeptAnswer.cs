namespace Holdfast.Management.Repository.Rows;

/// <summary>The answer to a request that carried an idempotency key.</summary>
/// <param name="Fingerprint">Of the request: the same key with another request is a mistake.</param>
/// <param name="Status">The HTTP status; 0 while it is being answered.</param>
public sealed record KeptAnswer(string Fingerprint, int Status, string? ContentType, string? Body);
