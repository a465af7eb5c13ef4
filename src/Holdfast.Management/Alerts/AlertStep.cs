using System.Collections.Immutable;

namespace Holdfast.Management.Alerts;

/// <summary>What came of a step.</summary>
/// <param name="State">The state to go on with. It is to be saved before any of its outbox is sent.</param>
/// <param name="Changed">The alerts that opened, changed or closed: rows of the history, and what the console hears. Pending ones are not among them.</param>
public sealed record AlertStep(AlertState State, ImmutableArray<Alert> Changed);
