namespace Holdfast.Management.Alerts;

/// <summary>Nobody is told of what concerns a subject, for a while. Alerts open and close all the same; what is still open afterwards is told then.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Subject">The subject as a pattern: <c>*</c>, <c>role:db</c>, <c>node:a</c>, <c>job:gold-*</c>.</param>
/// <param name="Until">Its end.</param>
/// <param name="Reason">Why, for those who see it.</param>
/// <param name="By">Who made it.</param>
public sealed record AlertMute(string Id, string Subject, DateTimeOffset Until, string? Reason, string? By = null);
