using System.Text.Json;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cli.Tests.Workers;

/// <summary>The workers that look after a vault, in this process, with the test as their agent.</summary>
public sealed class VaultWorkerTests(WorkerFolder folder) : IClassFixture<WorkerFolder>
{
    private const string NextRun = "20261121T030000Z";

    [Fact]
    public async Task A_snapshot_of_a_late_attempt_is_removed_by_the_next_run_of_its_job_and_no_other_is()
    {
        var source = await SourceAsync("late", "1");
        var (job, other) = (JobOn("late", source), JobOn("neighbour", source));
        // The first attempt is granted its claim, and its node is lost before the write is through.
        var (first, assignment) = job.Begin("a", 1);
        var slow = new WorkerInProcess("backup", assignment);
        var lateName = (await slow.ClaimAsync()).Snapshot;
        Assert.True(job.Claim(first, lateName).Granted);
        // The second finds nothing in the vault, and makes its own.
        var (second, again) = job.Begin("b", 2);
        Assert.Equal(lateName, again.Claimed);
        var recorded = await RunAsync("backup", again, name => job.Claim(second, name));
        job.Finish(second, recorded);
        // Then the first one's write arrives after all. A neighbour has a snapshot of a run of the same time.
        slow.Answer(new WorkerAnswer(lateName, Granted: true));
        Assert.True((await slow.ResultAsync()).Completed);
        var (theirs, beside) = other.Begin("a", 1);
        var neighbours = await RunAsync("backup", beside, name => other.Claim(theirs, name));
        Assert.Equal(3, (await SnapshotsAsync(source)).Count);
        Assert.IsType<LedgerVerdict.Refused>(job.Ledger.Finish(JobOfTest.Run, first, new JobResult { Completed = true, Reason = "late", Snapshot = lateName }, RetryPolicy.Usual, DateTimeOffset.UnixEpoch));

        var (third, next) = job.Begin("b", 2, run: NextRun);
        var last = await RunAsync("backup", next, name => job.Claim(third, name, NextRun));

        Assert.Equal(lateName, Assert.Single(next.Late));
        Assert.Equal(new[] { recorded.Snapshot!, neighbours.Snapshot!, last.Snapshot! }.Order(), (await SnapshotsAsync(source)).Order());
    }

    [Fact]
    public async Task A_late_snapshot_that_was_tagged_meanwhile_goes_too_but_not_one_with_a_legal_hold()
    {
        var source = await SourceAsync("held", "1");
        var job = JobOn("held", source);
        var (_, assignment) = job.Begin("a", 1);
        var snapshot = (await RunAsync("backup", assignment, name => new WorkerAnswer(name, Granted: true))).Snapshot!;
        Assert.Equal(0, (await CommandLineRun.OfAsync(["tag", "--add", "hf:hold", snapshot, "--vault", folder.Vault, "--password-file", folder.PasswordFile])).Exit);
        var late = assignment with { Late = [snapshot] };

        await RunAsync("backup", late, name => new WorkerAnswer(name, Granted: true));
        var held = await SnapshotsAsync(source);
        Assert.Equal(2, held.Count);

        var tagged = Assert.Single(await SnapshotsAsync(source, "hf:hold"));
        Assert.NotEqual(snapshot, tagged);
        Assert.Equal(0, (await CommandLineRun.OfAsync(["tag", "--remove", "hf:hold", tagged, "--vault", folder.Vault, "--password-file", folder.PasswordFile])).Exit);
        await RunAsync("backup", late, name => new WorkerAnswer(name, Granted: true));
        Assert.Equal(2, (await SnapshotsAsync(source)).Count); // The first is gone, and this run's is new.
    }

    [Fact]
    public async Task A_snapshot_whose_attempt_was_lost_after_the_write_is_the_runs_also_when_somebody_tagged_it()
    {
        var source = await SourceAsync("tagged", "1");
        var (_, assignment) = JobOn("tagged", source).Begin("a", 1);
        var snapshot = (await RunAsync("backup", assignment, name => new WorkerAnswer(name, Granted: true))).Snapshot!;
        Assert.Equal(0, (await CommandLineRun.OfAsync(["tag", "--add", "golden", snapshot, "--vault", folder.Vault, "--password-file", folder.PasswordFile])).Exit);

        var again = await RunAsync("backup", assignment with { Claimed = snapshot }, _ => throw new InvalidOperationException("It claims another."));

        Assert.Equal(snapshot, again.Snapshot);
        Assert.Single(await SnapshotsAsync(source));
    }

    [Fact]
    public async Task A_prune_job_keeps_what_its_rules_say_of_its_host_and_frees_the_rest()
    {
        var source = Directory.CreateDirectory(folder.In("kept")).FullName;
        for (var run = 1; run <= 3; run++)
        {
            var random = new byte[3 * 1024 * 1024];
            new Random(run).NextBytes(random);
            await File.WriteAllBytesAsync(Path.Combine(source, "file"), random);
            var (_, assignment) = JobOn("kept", source).Begin("a", 1);
            await RunAsync("backup", assignment, name => new WorkerAnswer(name, Granted: true));
        }

        var before = await SnapshotsAsync(source);
        var (_, prune) = new JobOfTest("tidy", folder.Properties(("keep", PropertyValue.Of([KeyValuePair.Create("last", "1")])), ("host", PropertyValue.Of("kept")), ("max-unused", PropertyValue.Of("0")))).Begin("a", 1);
        var result = await RunAsync("prune", prune);

        Assert.True(result.Completed, result.Reason);
        Assert.Equal(2, result.Figures!["forgotten"]);
        Assert.True(result.Figures["bytesFreed"] >= 6 * 1024 * 1024, result.Reason);
        Assert.Equal(before[^1], Assert.Single(await SnapshotsAsync(source)));
        await folder.ResticAsync("check", "--read-data");
    }

    [Fact]
    public async Task A_prune_job_without_a_rule_is_refused_and_nothing_is_forgotten()
    {
        var (_, prune) = new JobOfTest("bad", folder.Properties(("keep", PropertyValue.Of([KeyValuePair.Create("dayly", "7")])))).Begin("a", 1);

        var result = await RunAsync("prune", prune);

        Assert.Equal((false, ErrorClass.Permanent), (result.Completed, result.Error));
        Assert.Contains("[prune.bad-keep]", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_job_gets_round_to_all_packs_goes_on_where_it_was_and_names_what_is_damaged()
    {
        await using var own = new OwnVault();
        await own.InitializeAsync();
        var source = Directory.CreateDirectory(own.Folder.In("checked")).FullName;
        for (var file = 0; file < 8; file++)
        {
            var random = new byte[6 * 1024 * 1024];
            new Random(file).NextBytes(random);
            await File.WriteAllBytesAsync(Path.Combine(source, $"file{file}"), random);
        }

        await RunAsync("backup", new JobOfTest("checked", own.Folder.Properties(("paths", PropertyValue.Of([source])))).Begin("a", 1).Assignment, name => new WorkerAnswer(name, Granted: true));
        var job = new JobOfTest("look", own.Folder.Properties(("read", PropertyValue.Of("50%")), ("history", PropertyValue.Of(own.Folder.In("history")))));
        var (_, assignment) = job.Begin("a", 1);

        var first = await RunAsync("check", assignment);
        var second = await RunAsync("check", assignment);
        var packs = first.Figures!["packs"];
        Assert.True(packs >= 3, $"{packs} packs are too few to tell anything");
        Assert.InRange(first.Figures["packsRead"], 1, packs - 1);
        Assert.True(first.Figures["packsRead"] + second.Figures!["packsRead"] >= packs);
        // A run that was cut off and began an hour ago: what was read since then is not read again.
        var begun = JsonSerializer.SerializeToElement(TimeProvider.System.GetUtcNow().AddHours(-1));
        var resumed = await RunAsync("check", assignment with { Checkpoint = begun, Properties = assignment.Properties.SetItem("read", PropertyValue.Of("100%")) });
        Assert.Equal((0L, packs), (resumed.Figures!["packsRead"], resumed.Figures["packsTrusted"]));

        var pack = new DirectoryInfo(Path.Combine(own.Folder.Vault, "data")).EnumerateFiles("*", SearchOption.AllDirectories).MaxBy(file => file.Length)!;
        var bytes = await File.ReadAllBytesAsync(pack.FullName);
        bytes[bytes.Length / 2] ^= 1;
        File.SetUnixFileMode(pack.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllBytesAsync(pack.FullName, bytes);
        var damaged = await RunAsync("check", assignment with { Properties = assignment.Properties.SetItem("read", PropertyValue.Of("100%")) });

        Assert.Equal((false, ErrorClass.Permanent), (damaged.Completed, damaged.Error));
        Assert.Contains(pack.Name[..8], damaged.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 40)]
    [InlineData("100K", 25)] // 4 KiB files.
    public async Task A_proof_job_restores_compares_with_the_source_and_leaves_nothing(string? sample, int files)
    {
        var source = Directory.CreateDirectory(folder.In($"proved-{files}")).FullName;
        for (var file = 0; file < 40; file++) await File.WriteAllBytesAsync(Path.Combine(source, $"we[i]rd *{file}"), [.. Enumerable.Repeat((byte)file, 4096)]);
        var name = $"proved-{files}";
        await RunAsync("backup", JobOn(name, source).Begin("a", 1).Assignment, snapshot => new WorkerAnswer(snapshot, Granted: true));
        var scratch = Directory.CreateDirectory(folder.In($"scratch-{files}")).FullName;
        (string, PropertyValue)[] properties = [("scratch", PropertyValue.Of(scratch)), ("host", PropertyValue.Of(name)), .. sample is null ? Array.Empty<(string, PropertyValue)>() : [("sample", PropertyValue.Of(sample))]];
        var (_, assignment) = new JobOfTest("prove", folder.Properties(properties)).Begin("a", 1);

        var result = await RunAsync("proof", assignment);

        Assert.True(result.Completed, result.Reason);
        Assert.Equal((files, files, files, 0), (result.Figures!["files"], result.Figures["verified"], result.Figures["sourceSame"], result.Figures["sourceDiffers"]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(scratch));
    }

    [Fact]
    public async Task A_proof_of_a_snapshot_that_lost_a_pack_fails_and_says_so()
    {
        await using var own = new OwnVault();
        await own.InitializeAsync();
        var source = Directory.CreateDirectory(own.Folder.In("lost")).FullName;
        var random = new byte[4 * 1024 * 1024];
        new Random(1).NextBytes(random);
        await File.WriteAllBytesAsync(Path.Combine(source, "file"), random);
        await RunAsync("backup", new JobOfTest("lost", own.Folder.Properties(("paths", PropertyValue.Of([source])))).Begin("a", 1).Assignment, name => new WorkerAnswer(name, Granted: true));
        new DirectoryInfo(Path.Combine(own.Folder.Vault, "data")).EnumerateFiles("*", SearchOption.AllDirectories).MaxBy(file => file.Length)!.Delete();
        var (_, assignment) = new JobOfTest("prove", own.Folder.Properties(("scratch", PropertyValue.Of(own.Folder.In("scratch"))))).Begin("a", 1);

        var result = await RunAsync("proof", assignment);

        Assert.False(result.Completed);
        Assert.Equal(ErrorClass.Permanent, result.Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(own.Folder.In("scratch")));
    }

    [Fact]
    public async Task A_worker_reads_no_faster_than_its_node_is_set_to()
    {
        await using var own = new OwnVault();
        await own.InitializeAsync();
        var source = Directory.CreateDirectory(own.Folder.In("slowly")).FullName;
        var random = new byte[6 * 1024 * 1024];
        new Random(1).NextBytes(random);
        await File.WriteAllBytesAsync(Path.Combine(source, "file"), random);
        await RunAsync("backup", new JobOfTest("quick", own.Folder.Properties(("paths", PropertyValue.Of([source])))).Begin("a", 1).Assignment, name => new WorkerAnswer(name, Granted: true));
        var (_, assignment) = new JobOfTest("slow", own.Folder.Properties(("read", PropertyValue.Of("100%")))).Begin("a", 1);
        var begun = TimeProvider.System.GetTimestamp();

        var result = await RunAsync("check", assignment with { ReadBytesPerSecond = random.Length / 3 });

        Assert.True(result.Completed, result.Reason);
        Assert.InRange(TimeProvider.System.GetElapsedTime(begun), TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(2)); // Three seconds' worth, of which the first passes at once.
    }

    private JobOfTest JobOn(string name, string source) => new(name, folder.Properties(("paths", PropertyValue.Of([source]))));

    private static async Task<WorkerMessage.Result> RunAsync(string kind, WorkerAssignment assignment, Func<string, WorkerAnswer>? claim = null)
    {
        return await new WorkerInProcess(kind, assignment, claim).ResultAsync();
    }

    private async Task<string> SourceAsync(string name, string content)
    {
        var source = Directory.CreateDirectory(folder.In($"source-{name}")).FullName;
        await File.WriteAllTextAsync(Path.Combine(source, "file"), content);
        return source;
    }

    private async Task<List<string>> SnapshotsAsync(string path, string? tag = null)
    {
        using var snapshots = JsonDocument.Parse(await folder.ResticAsync(["snapshots", "--json", "--path", path, .. tag is null ? Array.Empty<string>() : ["--tag", tag]]));
        return [.. snapshots.RootElement.EnumerateArray().Select(snapshot => snapshot.GetProperty("id").GetString()!)];
    }

    private sealed class OwnVault : IAsyncDisposable
    {
        public WorkerFolder Folder { get; } = new();

        public Task InitializeAsync() => Folder.InitializeAsync();

        public async ValueTask DisposeAsync() => await Folder.DisposeAsync();
    }
}
