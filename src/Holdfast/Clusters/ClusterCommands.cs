using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Roles;
using Holdfast.Cli.Upgrades;

namespace Holdfast.Cli.Clusters;

/// <summary><c>holdfast cluster …</c></summary>
internal static class ClusterCommands
{
    public static VerbGroup Create() => new("cluster", "Make a cluster and look at it.", "holdfast cluster create office --address 10.0.0.11", "holdfast cluster status")
    {
        CreateClusterCommand.Create(),
        StatusCommand.Create(),
        WatchCommand.Create(),
        MaintenanceCommand.CreateForCluster(),
        TokenCommand.Create(),
        ProfileCommand.Create(),
        UpgradeCommands.ForCluster(),
        BackupCommand.Create(),
        RestoreCommand.Create(),
        RecoverCommand.Create(),
        MoveStoreCommand.Create(),
    };
}
