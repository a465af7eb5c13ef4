using System.Globalization;
using System.Text.Json;
using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Jobs;

/// <summary>A backup of what is on a shared disk, by a job that follows the disk's role.</summary>
public sealed class BackupJobTests(ThreeNodesWithLargeDisk lab) : IClassFixture<ThreeNodesWithLargeDisk>, IAsyncLifetime
{
    private const long MiB = 1024 * 1024;
    private const long FileBytes = 200 * MiB;
    private const string Vault = "--vault /opt/beats/vault --password-file /opt/beats/key";

    // The shell that carries the script names the worker too, but has read next to nothing.
    private const string FreezeAndCount = """
        most=0
        for process in /proc/[0-9]*; do
          tr '\0' ' ' <$process/cmdline 2>/dev/null | grep -q 'worker backup' || continue
          [ ${process#/proc/} = $$ ] && continue
          read=$(sed -n 's/^rchar: //p' $process/io 2>/dev/null || true)
          if [ "${read:-0}" -gt $most ]; then most=$read; worker=${process#/proc/}; fi
        done
        kill -STOP $worker
        sed -n 's/^rchar: //p' /proc/$worker/io
        """;

    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task A_backup_whose_node_loses_power_in_a_large_file_goes_on_where_its_disk_goes_and_reads_little_again()
    {
        await Cluster.ApplyAsync(lab["a"], """
            roles:
              films:
                preferred-owners: [a]
                resources:
                  disk: { type: disk, device: /dev/shared/films, target: /srv/films, fence: lease }
            """);
        var (owner, asked) = (await lab.OnlineAsync("films", lab["a"]), lab["b"]);
        await owner.ShellAsync($"head -c {FileBytes} /dev/urandom >/srv/films/film; sync -f /srv/films; echo secret >/opt/beats/key; holdfast vault init {Vault}");
        await Cluster.ApplyAsync(asked, """
            kind: Job
            name: nightly
            run: backup
            user: root
            placement: { with: films }
            vault: /opt/beats/vault
            password-file: /opt/beats/key
            paths: [/srv/films]
            exclude: [lost+found]
            bandwidth: 20MiB
            """);
        await lab.OnlineAsync("nightly", owner, asked);
        await Cluster.CommandAsync(asked, "job", "run", "nightly");
        await lab.UntilAsync(async () => SavedBytes(await Cluster.TryQueryAsync(asked, "job", "show", "nightly")) >= 40 * MiB, "the job has saved 40 MiB of the file");

        var readFirst = long.Parse(await owner.ShellAsync(FreezeAndCount), CultureInfo.InvariantCulture);
        await owner.PowerOffAsync();

        await lab.UntilAsync(async () => (await Cluster.RoleAsync(asked, "films")).Text("owner") != owner.Name, "the disk goes to another node");
        var taker = await lab.OnlineAsync("films", asked: asked);
        await lab.UntilAsync(async () => (await RunsAsync(asked)) is [var row] && row.Text("state") == "completed", "the run is completed");
        var run = Assert.Single(await RunsAsync(asked));
        Assert.Equal((2L, 1L, 0L, taker.Name), (run.Number("attempts"), run.Number("resumed"), run.Number("retried"), run.Text("node")));
        Assert.NotEqual(owner, taker);
        // By the kernel's count of the first attempt and the worker's of the second.
        var readAgain = readFirst + run.GetProperty("figures").Number("bytesRead") - FileBytes;
        Assert.InRange(readAgain, 0, 65 * MiB); // The kernel also counts what the first read of the vault and itself: less than 1 MiB.
        await taker.ShellAsync($"holdfast restore {Vault} --target /opt/beats/restored {run.Text("snapshot")}; cmp /srv/films/film /opt/beats/restored/srv/films/film; rm -r /opt/beats/restored");

        // One chain: the next run, on another node than the first began on, finds nothing new.
        await Cluster.CommandAsync(asked, "job", "run", "nightly", "--wait");
        using var listed = JsonDocument.Parse(await taker.ShellAsync($"holdfast snapshots {Vault} --json"));
        var snapshots = listed.RootElement.EnumerateArray().ToList();
        Assert.Equal(2, snapshots.Count);
        Assert.Equal(0, (await RunsAsync(asked))[0].GetProperty("figures").Number("bytesRead"));
        await owner.PowerOnAsync();
        await lab.AllUpAsync();
    }

    private async Task<IReadOnlyList<JsonElement>> RunsAsync(Holdfast.Lab.Hosts.LabHost asked) => [.. (await Cluster.QueryAsync(asked, "job", "history", "nightly")).EnumerateArray()];

    private static long SavedBytes(JsonElement? detail)
    {
        if (detail?.Text("checkpoint") is not { Length: > 0 } text) return 0;
        using var checkpoint = JsonDocument.Parse(text);
        return checkpoint.RootElement.GetProperty("here").GetProperty("savedBytes").GetInt64();
    }
}
