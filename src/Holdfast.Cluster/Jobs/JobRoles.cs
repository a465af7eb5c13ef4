using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Jobs;

/// <summary>Which roles are jobs (ADR 38).</summary>
public static class JobRoles
{
    /// <summary>The type of the resource that a job is.</summary>
    public const string ResourceType = "job";

    /// <summary>Whether a role is a job and nothing else: then the schedulers of nodes decide whether it may be there.</summary>
    public static bool IsJobOnly(this RoleSpec role) => role.Resources is [{ Type: ResourceType }];
}
