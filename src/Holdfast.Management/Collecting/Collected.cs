using System.Collections.Immutable;
using Holdfast.Agent.Api;
using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Collecting;

/// <summary>What a part of a node's journal becomes in the database, all or nothing.</summary>
/// <param name="Node">The node.</param>
/// <param name="Before">The position that was known; null when none was.</param>
/// <param name="After">The position with this.</param>
/// <param name="Runs">Runs of jobs, as each entry had them, oldest first.</param>
/// <param name="Owners">Roles that came or went.</param>
/// <param name="Events">Events, also those about the journal itself.</param>
/// <param name="Changes">What people changed.</param>
/// <param name="IsAll">Whether the journal had no more then.</param>
public sealed record Collected(
    string Node, JournalPosition? Before, JournalPosition After, ImmutableArray<CollectedRun> Runs, ImmutableArray<CollectedOwner> Owners, ImmutableArray<EventRow> Events, ImmutableArray<AuditRow> Changes, bool IsAll)
{
    /// <summary>Gets whether there is nothing to write.</summary>
    public bool IsNothing => Before == After && Events.IsEmpty;
}
