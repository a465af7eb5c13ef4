namespace Holdfast.Management.Settings;

/// <summary>POST /api/v1/database/test: tries a repository database without changing anything in it.</summary>
/// <param name="Address"><c>postgres://USER:PASSWORD@HOST,HOST/DATABASE</c>; null for the one that is in use.</param>
public sealed record DatabaseAsked(string? Address = null);

/// <summary>What was found.</summary>
/// <param name="Works">Whether it could be the repository database.</param>
/// <param name="Sentence">Why, one sentence.</param>
/// <param name="Hint">What to do; null when nothing is to be done.</param>
/// <param name="Database">Which one answered, without its password.</param>
/// <param name="Version">What it says that it is; null when it did not answer.</param>
/// <param name="Milliseconds">How long connecting and asking took; null when it did not answer.</param>
/// <param name="Schema">The version of the history in it; 0 for none, null when it could not be asked.</param>
public sealed record DatabaseReport(bool Works, string Sentence, string? Hint, string Database, string? Version, double? Milliseconds, int? Schema);
