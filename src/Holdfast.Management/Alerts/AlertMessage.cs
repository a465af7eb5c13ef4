namespace Holdfast.Management.Alerts;

/// <summary>What a channel is told, as it was when it was decided.</summary>
/// <param name="Kind"><c>opened</c>, <c>escalated</c>, <c>flapping</c>, <c>closed</c> or <c>test</c>.</param>
/// <param name="Alert">The alert's id; empty for a test.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Sentence">What happened.</param>
/// <param name="Because">Why.</param>
/// <param name="Hint">What to do.</param>
/// <param name="Opened">Since when.</param>
/// <param name="Count">How often.</param>
/// <param name="Link">Where the console shows it, as it is when it is sent; null when the settings name no address.</param>
public sealed record AlertMessage(string Kind, string Alert, string Rule, AlertSeverity Severity, string Subject, string Sentence, string Because, string Hint, DateTimeOffset Opened, int Count, string? Link = null);
