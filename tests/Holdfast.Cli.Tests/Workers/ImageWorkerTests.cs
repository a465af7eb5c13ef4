using System.Text.Json;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cluster.Roles;
using Holdfast.Protection.Tests.Machines;

namespace Holdfast.Cli.Tests.Workers;

/// <summary>Image jobs, on a real XFS.</summary>
public sealed class ImageWorkerTests(WorkerFolder folder) : IClassFixture<WorkerFolder>
{
    private const int MiB = 1024 * 1024;
    private const int Length = 128 * MiB;

    [RootFact]
    public async Task An_image_is_gone_on_with_from_its_checkpoint_and_the_next_run_reads_what_changed()
    {
        using var volume = LoopVolume.Xfs();
        var image = Path.Combine(volume.Mount, "disk.img");
        var content = new byte[Length];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(image, content);
        var job = new JobOfTest("disk", folder.Properties(("path", PropertyValue.Of(image))));

        // The first attempt is lost after its second checkpoint, the first was recorded; meanwhile the image is written to.
        JsonElement? recorded = null;
        var lost = await new WorkerInProcess("image", job.Begin("a", 1).Assignment, onCheckpoint: checkpoint =>
        {
            if (recorded is not null) return false;
            recorded = checkpoint.Data;
            return true;
        }).ResultAsync();
        Assert.False(lost.Completed);
        await using (var file = File.OpenWrite(image)) file.Write(new byte[MiB]);
        var (attempt, second) = job.Begin("b", 2, recorded);
        var gone = await new WorkerInProcess("image", second with { SharedVolumes = ["disks/data"] }, name => job.Claim(attempt, name)).ResultAsync();

        Assert.True(gone.Completed, gone.Reason);
        Assert.InRange(gone.Figures!["bytesRead"], 1, Length - recorded!.Value.GetProperty("cursor").GetInt64() + (64 * MiB));
        Assert.True(gone.Figures["bytesRead"] < Length, $"{gone.Figures["bytesRead"]} bytes were read again");
        Assert.Equal(content, await RestoreAsync(gone.Snapshot!, image)); // Of one moment: as it was when the run began.

        var machine = await folder.MachineAsync(gone.Snapshot!);
        Assert.Equal(("b", "disks/data"), (machine.Node, machine.SharedVolumes));

        job.Finish(attempt, gone);
        var (_, third) = job.Begin("b", 2, run: "20261121T030000Z");
        var next = await new WorkerInProcess("image", third, name => new WorkerAnswer(name, Granted: true)).ResultAsync();

        Assert.InRange(next.Figures!["bytesRead"], MiB, 2 * MiB);
        Assert.Single(Directory.EnumerateFiles(volume.Mount, ".holdfast.*")); // What the chain needs, and nothing of the attempts.
        content.AsSpan(0, MiB).Clear();
        Assert.Equal(content, await RestoreAsync(next.Snapshot!, image));
    }

    private async Task<byte[]> RestoreAsync(string snapshot, string image)
    {
        var target = folder.In(snapshot[..8]) + "/";
        Assert.Equal(0, (await CommandLineRun.OfAsync(["restore", snapshot, "--target", target, "--vault", folder.Vault, "--password-file", folder.PasswordFile])).Exit);
        return await File.ReadAllBytesAsync(target + Path.GetFileName(image));
    }
}
