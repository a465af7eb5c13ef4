using System.Text.Json.Serialization;

namespace Holdfast.Management.Policies;

/// <summary>What kind of thing is protected.</summary>
public enum ThingKind
{
    /// <summary>A folder with everything below it.</summary>
    [JsonStringEnumMemberName("tree")] Tree,

    /// <summary>A volume of one machine, by its mount path.</summary>
    [JsonStringEnumMemberName("volume")] Volume,

    /// <summary>A volume that follows a role.</summary>
    [JsonStringEnumMemberName("shared-volume")] SharedVolume,

    /// <summary>A database server.</summary>
    [JsonStringEnumMemberName("database")] Database,

    /// <summary>A machine: every local volume of it.</summary>
    [JsonStringEnumMemberName("node")] Node,
}
