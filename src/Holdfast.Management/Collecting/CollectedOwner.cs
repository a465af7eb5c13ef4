using Holdfast.Agent.Api;
using Holdfast.Cluster.Roles;

namespace Holdfast.Management.Collecting;

/// <summary>A role that came online or was taken offline.</summary>
public sealed record CollectedOwner(DateTimeOffset At, Epoch Epoch, OwnerEntry Entry);
