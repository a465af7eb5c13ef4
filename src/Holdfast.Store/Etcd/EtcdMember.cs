using System.Collections.Immutable;

namespace Holdfast.Store.Etcd;

/// <summary>A member as etcd lists it.</summary>
/// <param name="Id">The id that etcd gave it.</param>
/// <param name="Name">Its name; empty until it has started for the first time.</param>
/// <param name="PeerAddresses">Where the other members reach it.</param>
/// <param name="ClientAddresses">Where clients reach it; empty until it has started.</param>
/// <param name="IsLearner">Whether it does not vote yet.</param>
public sealed record EtcdMember(ulong Id, string Name, ImmutableArray<Uri> PeerAddresses, ImmutableArray<Uri> ClientAddresses, bool IsLearner = false);

/// <summary>What one member says of itself.</summary>
/// <param name="ClusterId">The etcd cluster.</param>
/// <param name="MemberId">The member that answered.</param>
/// <param name="LeaderId">The leader it knows; 0 for none.</param>
/// <param name="Version">Its version.</param>
/// <param name="DatabaseBytes">The size of its database file.</param>
/// <param name="DatabaseBytesInUse">How much of that is used; defragmenting gives back the rest.</param>
/// <param name="RaftTerm">The raft term; it grows with every election.</param>
/// <param name="RaftIndex">The last log entry it knows to be committed.</param>
/// <param name="Revision">The store's revision as this member has it.</param>
/// <param name="Errors">What it complains of, alarms included.</param>
public sealed record EtcdStatus(
    ulong ClusterId,
    ulong MemberId,
    ulong LeaderId,
    string Version,
    long DatabaseBytes,
    long DatabaseBytesInUse,
    ulong RaftTerm,
    ulong RaftIndex,
    long Revision,
    ImmutableArray<string> Errors);

/// <summary>An alarm that a member raised.</summary>
public readonly record struct EtcdAlarm(ulong MemberId, EtcdAlarmKind Kind);

/// <summary>Why a member raised an alarm.</summary>
public enum EtcdAlarmKind
{
    /// <summary>Its database reached the quota: the cluster accepts no writes until space is made and the alarm is disarmed.</summary>
    NoSpace = 1,

    /// <summary>Its data differ from the other members'.</summary>
    Corrupt = 2,
}
