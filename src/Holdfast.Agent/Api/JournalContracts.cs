using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Api;

/// <summary>GET /v1/journal?node=N&amp;after=ID.NUMBER&amp;limit=N: what a node recorded after a position, oldest first.</summary>
/// <param name="Node">The node.</param>
/// <param name="Last">Where its journal is now. What lies between two entries, or between the last one and this when there are none, is not there any more.</param>
/// <param name="Entries">The entries; each has its <see cref="ClusterEvent.Id"/>.</param>
public sealed record JournalPage(string Node, JournalPosition Last, IReadOnlyList<ClusterEvent> Entries);

/// <summary>A place in the journal of a node, written <c>ID.NUMBER</c>.</summary>
/// <param name="Journal">Made with the journal: another one means that it began anew, because its node was installed again.</param>
/// <param name="Number">Grows by one with each entry; the first has 1.</param>
[JsonConverter(typeof(JournalPositionConverter))]
public sealed record JournalPosition(string Journal, long Number)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Journal}.{Number}");

    /// <summary>Reads what <see cref="ToString"/> wrote; null when it is no such text.</summary>
    public static JournalPosition? TryParse(string? text) =>
        text?.Split('.') is [{ Length: > 0 and <= 32 } journal, var digits] && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new JournalPosition(journal, number) : null;
}

/// <summary>A position as JSON: its text.</summary>
public sealed class JournalPositionConverter : JsonConverter<JournalPosition>
{
    /// <inheritdoc/>
    public override JournalPosition Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JournalPosition.TryParse(reader.GetString()) ?? throw new JsonException("This is no position in a journal (ID.NUMBER).");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, JournalPosition value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>What history keeps of an entry; one of them.</summary>
/// <param name="Run">A run of a job, as the ledger has it now.</param>
/// <param name="Change">A change that somebody made.</param>
/// <param name="Owner">A role that came online, or was taken offline.</param>
public sealed record JournalData(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RunEntry? Run = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AuditEntry? Change = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] OwnerEntry? Owner = null);

/// <summary>A run of a job.</summary>
/// <param name="Proved">The snapshot that it put to the proof.</param>
public sealed record RunEntry(string Job, RunSubject Subject, RunInfo Run, string? Proved = null);

/// <summary>What a run was about, as its job said then.</summary>
/// <param name="Kind">command, backup, prune, check or proof.</param>
/// <param name="Vault">The vault that it works with; null when it needs none.</param>
/// <param name="Host">The host in its snapshots; null when it makes none.</param>
/// <param name="Paths">What it protects.</param>
/// <param name="Tags">What its snapshots are tagged with.</param>
/// <param name="SharedVolumes">The shared volumes that were attached to its node; null when an older build told.</param>
public sealed record RunSubject(string Kind, string? Vault, string? Host, IReadOnlyList<string> Paths, IReadOnlyList<string> Tags, IReadOnlyList<string>? SharedVolumes = null);

/// <summary>A role on its owner.</summary>
/// <param name="Ended">Whether it is offline there for good; else it came online.</param>
/// <param name="Kind">Why the owner changed; null when that was not seen.</param>
/// <param name="OutageSeconds">How long the role was away; null when nobody saw the beginning.</param>
public sealed record OwnerEntry(string Role, string Node, string Epoch, bool Ended, ChangeKind? Kind, double? OutageSeconds);
