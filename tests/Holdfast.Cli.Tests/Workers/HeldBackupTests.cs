using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Roles;
using Holdfast.Protection.Tests.Machines;

namespace Holdfast.Cli.Tests.Workers;

/// <summary>Backup jobs of trees that a volume snapshot holds still.</summary>
public sealed class HeldBackupTests(WorkerFolder folder) : IClassFixture<WorkerFolder>
{
    [RootFact]
    public async Task A_tree_on_btrfs_is_read_from_a_snapshot_of_which_nothing_is_left_and_what_did_not_change_is_not_read_again()
    {
        using var volume = LoopVolume.Btrfs();
        var data = Directory.CreateDirectory(Path.Combine(volume.Mount, "data")).FullName;
        await File.WriteAllTextAsync(Path.Combine(data, "file"), "content");

        var first = await RunAsync("held", volume.Mount, "snapshot");
        var second = await RunAsync("held", volume.Mount, "snapshot");

        Assert.True(first.Completed && second.Completed, $"{first.Reason}; {second.Reason}");
        Assert.Equal((7L, 0L), (first.Figures!["bytesRead"], second.Figures!["bytesRead"]));
        Assert.Equal([data], Directory.EnumerateFileSystemEntries(volume.Mount));
        var names = (await CommandLineRun.OfAsync(["ls", first.Snapshot!, "--vault", folder.Vault, "--password-file", folder.PasswordFile])).Out;
        Assert.Contains(Path.Combine(data, "file"), names, StringComparison.Ordinal);
        Assert.DoesNotContain(".holdfast.", names, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_wants_a_snapshot_where_there_is_none_fails_for_good_reason_and_auto_reads_what_is_there()
    {
        var source = Directory.CreateDirectory("/dev/shm/holdfast-held-" + Guid.NewGuid().ToString("n")[..8]).FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(source, "file"), "content");

            var refused = await RunAsync("refused", source, "snapshot");
            var live = await RunAsync("live", source, "auto");

            Assert.False(refused.Completed);
            Assert.Contains("[snapshot.unavailable]", refused.Reason, StringComparison.Ordinal);
            Assert.True(live.Completed, live.Reason);
        }
        finally
        {
            Directory.Delete(source, recursive: true);
        }
    }

    private Task<WorkerMessage.Result> RunAsync(string job, string path, string source) =>
        new WorkerInProcess("backup", new JobOfTest(job, folder.Properties(("paths", PropertyValue.Of([path])), ("source", PropertyValue.Of(source)))).Begin("a", 1).Assignment, name => new WorkerAnswer(name, Granted: true)).ResultAsync();
}
