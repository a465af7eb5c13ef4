using System.Collections.Immutable;

namespace Holdfast.Management.Alerts;

/// <summary>What a step is judged by.</summary>
/// <param name="Rules">The rules.</param>
/// <param name="Channels">The names of the channels that there are; what a rule names beyond them hears nothing.</param>
/// <param name="Mutes">Mutes, and the maintenance of cluster and roles as such .</param>
public sealed record AlertSettings(ImmutableArray<AlertRule> Rules, ImmutableArray<string> Channels, ImmutableArray<AlertMute> Mutes);
