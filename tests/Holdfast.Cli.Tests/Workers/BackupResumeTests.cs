using System.Security.Cryptography;
using System.Text.Json;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Roles;
using Xunit.Abstractions;

namespace Holdfast.Cli.Tests.Workers;

/// <summary>A backup worker that is killed in the middle of a large file, and the attempt after it.</summary>
public sealed class BackupResumeTests(WorkerFolder folder, ITestOutputHelper output) : IClassFixture<WorkerFolder>
{
    private const long MiB = 1024 * 1024;
    private const long MostReadAgain = 64 * MiB;
    private const long FileBytes = 200 * MiB;

    /// <param name="recorded">Whether checkpoints go on being recorded after the second; when not, the worker gets as far ahead of what is recorded as it ever may.</param>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_attempt_after_a_kill_reads_at_most_64_MiB_again_and_its_snapshot_is_the_only_one(bool recorded)
    {
        var source = Directory.CreateDirectory(folder.In(recorded ? "quick" : "waiting")).FullName;
        await WriteAsync(Path.Combine(source, "large"), FileBytes, seed: recorded ? 1 : 2);
        var name = recorded ? "quick" : "waiting";
        var job = new JobOfTest(name, folder.Properties(("paths", PropertyValue.Of([source]))));
        var startUp = await StartUpBytesAsync(source, name);

        var (first, begun) = job.Begin("a", 1);
        JsonElement checkpoint;
        long readFirst;
        using (var worker = WorkerProcess.Start("backup", begun))
        {
            await RecordAsync(worker);
            checkpoint = await RecordAsync(worker);
            if (!recorded) await UntilItWaitsAsync(worker);
            await worker.FreezeAsync();
            readFirst = worker.KernelReadBytes;
            await worker.KillAsync();
        }

        var (second, resumed) = job.Begin("b", 2, checkpoint);
        WorkerMessage.Result result;
        long readSecond;
        using (var worker = WorkerProcess.Start("backup", resumed))
        {
            var claim = await ClaimAsync(worker);
            readSecond = worker.KernelReadBytes;
            Assert.False(job.Claim(first, new string('0', 64)).Granted); // Should the first still live somewhere.
            worker.Answer(job.Claim(second, claim.Snapshot));
            result = await worker.NextAsync<WorkerMessage.Result>();
            await worker.EndedAsync();
        }

        job.Finish(second, result);
        var told = checkpoint.GetProperty("here").GetProperty("savedBytes").GetInt64();
        var again = readFirst + readSecond - FileBytes - (2 * startUp);
        output.WriteLine($"start-up {startUp / (double)MiB:0.0} MiB; first attempt {readFirst / (double)MiB:0.0}, of which {told / (double)MiB:0.0} in the checkpoint; second {readSecond / (double)MiB:0.0}, by its own count {result.Figures!["bytesRead"] / (double)MiB:0.0}; read again {again / (double)MiB:0.0} MiB");
        Assert.Equal(FileBytes, told + result.Figures["bytesRead"]); // It begins where the checkpoint ends.
        Assert.InRange(again, 0, MostReadAgain);
        if (!recorded) Assert.InRange(again, MostReadAgain - (16 * MiB), MostReadAgain); // Else the worst case was not tried.
        Assert.Equal((JobState.Completed, result.Snapshot, 1, 2), (job.Row().State, job.Row().Snapshot, job.Row().Resumed, job.Row().Attempt!.Number));

        var target = folder.In($"restored-{recorded}");
        await folder.ResticAsync("unlock"); // The lock of the one that was killed: restic itself finds that its process is gone.
        await folder.ResticAsync("check", "--read-data");
        await folder.ResticAsync("restore", result.Snapshot!, "--target", target);
        Assert.Equal(await HashAsync(Path.Combine(source, "large")), await HashAsync(target + Path.Combine(source, "large")));
        using var snapshots = JsonDocument.Parse(await folder.ResticAsync("snapshots", "--json", "--host", name));
        Assert.Equal(result.Snapshot, Assert.Single(snapshots.RootElement.EnumerateArray().ToList()).GetProperty("id").GetString());
    }

    /// <summary>What a worker reads that has next to nothing to back up: the runtime, the vault's keys and index.</summary>
    private async Task<long> StartUpBytesAsync(string source, string name)
    {
        var small = Directory.CreateDirectory(source + "-small").FullName;
        await File.WriteAllTextAsync(Path.Combine(small, "one"), "1");
        var (_, assignment) = new JobOfTest(name + "-small", folder.Properties(("paths", PropertyValue.Of([small])))).Begin("a", 1);
        using var worker = WorkerProcess.Start("backup", assignment);
        await ClaimAsync(worker);
        return worker.KernelReadBytes;
    }

    /// <summary>The next checkpoint, which the ledger takes.</summary>
    private static async Task<JsonElement> RecordAsync(WorkerProcess worker)
    {
        var checkpoint = await worker.NextAsync<WorkerMessage.Checkpoint>();
        worker.Answer(new WorkerAnswer(null, Granted: true, Checkpoint: checkpoint.Number));
        return checkpoint.Data;
    }

    private static async Task<WorkerMessage.Claim> ClaimAsync(WorkerProcess worker)
    {
        while (true)
        {
            switch (await worker.NextAsync<WorkerMessage>())
            {
                case WorkerMessage.Claim claim: return claim;
                case WorkerMessage.Checkpoint checkpoint: worker.Answer(new WorkerAnswer(null, Granted: true, Checkpoint: checkpoint.Number)); break;
            }
        }
    }

    /// <summary>Waits until it reads no further, though it lives and there is more to read.</summary>
    private static async Task UntilItWaitsAsync(WorkerProcess worker)
    {
        await worker.NextAsync<WorkerMessage.Checkpoint>(); // Which nobody answers.
        for (long before = -1, quiet = 0; ;)
        {
            switch (await worker.NextAsync<WorkerMessage>())
            {
                case WorkerMessage.Claim: throw new InvalidOperationException("It did not wait for what it told to be recorded.");
                case WorkerMessage.Progress: break; // It tells one every second.
                default: continue;
            }

            var now = worker.KernelReadBytes;
            quiet = now == before ? quiet + 1 : 0;
            if (quiet == 2) return;
            before = now;
        }
    }

    private static async Task WriteAsync(string path, long bytes, int seed)
    {
        var (random, part) = (new Random(seed), new byte[4 * MiB]);
        await using var file = File.Create(path);
        for (var at = 0L; at < bytes; at += part.Length)
        {
            random.NextBytes(part);
            await file.WriteAsync(part);
        }
    }

    private static async Task<string> HashAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexString(await SHA256.HashDataAsync(file));
    }
}
