using Holdfast.Reliability.Tests.Programs;
using Holdfast.Vault.Snapshots;
using Xunit.Abstractions;

namespace Holdfast.Reliability.Tests.Campaigns;

/// <summary>Backs up, copies, forgets and prunes for real, kills that at random moments, and lets restic judge what is left.</summary>
internal sealed class KillCampaign : IDisposable
{
    private const int Kept = 2;
    private const int MostCopies = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeProvider Clock = TimeProvider.System;

    private readonly TempFolder _scratch = new();
    private readonly Random _random;
    private readonly ITestOutputHelper _output;
    private readonly VaultFolder _main;
    private readonly VaultFolder _second;
    private readonly ServerProgram _server;
    private readonly SourceTree _source;
    private readonly Dictionary<string, string> _digests = [];
    private readonly Dictionary<(Operation, bool), Span> _spans = [];

    public KillCampaign(int seed, ITestOutputHelper output)
    {
        (_random, _output) = (new(seed), output);
        _main = new(_scratch["vaults/main"]);
        _second = new(_scratch["vaults/second"]);
        _source = new(_scratch["source"], _random);
        Directory.CreateDirectory(_scratch["vaults"]);
        Directory.CreateDirectory(_scratch["source"]);
        _server = new(_scratch["vaults"]);
    }

    /// <summary>Gets how many were killed while they held a lock: those that prove something.</summary>
    public int Midway { get; private set; }

    /// <summary>Makes the vaults with a few snapshots, and measures how long each operation takes.</summary>
    public async Task PrepareAsync()
    {
        await _main.InitAsync();
        await _second.InitAsync(await _main.PolynomialAsync());
        await _server.StartAsync();
        _source.Create();
        for (var i = 0; i < Kept; i++)
        {
            await FinishAsync(Operation.Backup, remote: false);
            LearnDigests(Operation.Backup, await _main.SnapshotsAsync());
            _source.Change();
        }

        foreach (var operation in Enum.GetValues<Operation>())
        {
            await FinishAsync(operation, remote: false);
            LearnDigests(operation, await _main.SnapshotsAsync());
        }
    }

    /// <summary>One operation, killed; then everything is looked at; then the same again, undisturbed.</summary>
    public async Task RoundAsync(int number, Operation operation, bool remote, bool killServer)
    {
        if (operation == Operation.Backup) _source.Change();
        if (operation == Operation.Copy && (await _second.SnapshotsAsync()).Count > MostCopies) await RenewSecondAsync();
        var vault = Target(operation);
        var before = await vault.SnapshotsAsync();
        var leftovers = Directory.GetFiles(Path.Combine(vault.Path, "locks"));

        var (what, isMidway) = await DisturbAsync(operation, remote, killServer);
        if (isMidway) Midway++;
        _output.WriteLine($"{number}: {operation} {(remote ? "over the network" : "in a directory")}, {what}; {vault.Leftovers().Length} partial files, {Directory.GetFiles(Path.Combine(vault.Path, "locks")).Except(leftovers).Count()} new locks left");

        LearnDigests(operation, await _main.SnapshotsAsync());
        await JudgeAsync(operation, vault, before);
        // Half a lock is nobody's only after a day: who takes a lock has none yet that would prove it dead.
        foreach (var file in vault.Leftovers().Where(file => Path.GetFileName(Path.GetDirectoryName(file)) == "locks")) Age(file);
        await FinishAsync(operation, remote);
        LearnDigests(operation, await _main.SnapshotsAsync());
        if (operation is Operation.Prune or Operation.Copy) await ExpectCleanAsync(operation, vault, remote);
    }

    public void Dispose()
    {
        _server.Dispose();
        _scratch.Dispose();
    }

    private VaultFolder Target(Operation operation) => operation == Operation.Copy ? _second : _main;

    private string Url(VaultFolder vault, bool remote) => remote ? _server.Url(Path.GetFileName(vault.Path)) : vault.Path;

    private string[] Command(Operation operation, bool remote) => operation switch
    {
        Operation.Backup => ["backup", "--vault", Url(_main, remote), _source.Path],
        Operation.Copy => ["vault", "copy", "--vault", Url(_second, remote), "--from-vault", Url(_main, remote), "--from-password-file", PasswordFile()],
        Operation.Forget => ["vault", "forget", "--vault", Url(_main, remote), "--keep-last", $"{Kept}"],
        _ => ["vault", "prune", "--vault", Url(Target(operation), remote), "--max-unused", "0"],
    };

    private async Task<(string What, bool IsMidway)> DisturbAsync(Operation operation, bool remote, bool killServer)
    {
        var span = _spans.GetValueOrDefault((operation, remote)) ?? _spans[(operation, false)];
        var fraction = _random.NextDouble();
        var isAnywhere = _random.Next(4) == 0; // Else after the lock is there: most of a short run is the start of the program.
        var locks = LocksOf(operation);
        using var program = Tools.StartHoldfast(Command(operation, remote));
        if (!isAnywhere) await SeeLockAsync(operation, locks, program);
        var moment = fraction * (isAnywhere ? span.Total : span.Total - span.UntilLock);
        await Task.Delay(moment, Clock);

        if (killServer)
        {
            var isRunning = !program.HasExited;
            await _server.KillAsync();
            await _server.StartAsync();
            var ended = await program.EndAsync();
            Assert.True(ended.Exit == 0, $"A server that was killed and is back ended {operation}: {ended}"); // It is waited for.
            return ($"server killed at {fraction:P0} {(isAnywhere ? "of all" : "after the lock")}", isRunning);
        }

        var hasEnded = program.HasExited;
        if (!hasEnded) program.Kill();
        var killed = await program.EndAsync();
        Assert.True(killed.Exit is 0 or Ended.Killed, $"{operation}: {killed}");
        return ($"killed at {fraction:P0} {(isAnywhere ? "of all" : "after the lock")}{(hasEnded ? ", when it had ended" : "")}", LocksOf(operation).Except(locks).Any());
    }

    private async Task FinishAsync(Operation operation, bool remote)
    {
        var locks = LocksOf(operation);
        var started = Clock.GetTimestamp();
        using var program = Tools.StartHoldfast(Command(operation, remote));
        await SeeLockAsync(operation, locks, program);
        var untilLock = Clock.GetElapsedTime(started);
        var ended = await program.EndAsync();
        Assert.True(ended.Exit == 0, $"{operation} after a kill: {ended}");
        _spans[(operation, remote)] = new(untilLock, Clock.GetElapsedTime(started));
    }

    private async Task JudgeAsync(Operation operation, VaultFolder vault, IReadOnlyList<Snapshot> before)
    {
        var after = await vault.SnapshotsAsync();
        var (was, isNow) = (before.Select(snapshot => snapshot.Id).ToHashSet(), after.Select(snapshot => snapshot.Id).ToHashSet());
        if (operation == Operation.Forget) Assert.True(isNow.IsSubsetOf(was) && isNow.IsSupersetOf(before.TakeLast(Kept).Select(snapshot => snapshot.Id)), "A forget forgot what it was to keep.");
        else Assert.Superset(was, isNow);
        if (operation == Operation.Prune) Assert.Equal(was, isNow);

        await Tools.ResticAsync(vault.Path, "check", "--read-data");
        foreach (var snapshot in after) await RestoreAsync(vault, snapshot);
    }

    private async Task RestoreAsync(VaultFolder vault, Snapshot snapshot)
    {
        var target = _scratch["restored"];
        if (_random.Next(6) == 0) await Tools.SucceedAsync("restore", "--vault", vault.Path, "--target", target, snapshot.Id);
        else await Tools.ResticAsync(vault.Path, "restore", snapshot.Id, "--target", target);
        Assert.Equal(_digests[$"{snapshot.Tree}"], SourceTree.DigestOf(target + _source.Path));
        Directory.Delete(target, recursive: true);
    }

    private async Task ExpectCleanAsync(Operation operation, VaultFolder vault, bool remote)
    {
        if (operation == Operation.Copy) await Tools.SucceedAsync("vault", "prune", "--vault", Url(vault, remote), "--max-unused", "0");
        if (remote && vault.Leftovers().Length > 0) await SweepByServerAsync(vault);
        Assert.Empty(vault.Leftovers());
        Assert.Empty(Directory.GetFiles(Path.Combine(vault.Path, "locks")));
        var check = await Tools.SucceedAsync("vault", "check", "--vault", vault.Path);
        Assert.DoesNotContain("hint:", check, StringComparison.Ordinal);
        Assert.DoesNotContain("not used by any snapshot", check, StringComparison.Ordinal);
        var judged = await Tools.ResticAsync(vault.Path, "check", "--read-data");
        Assert.DoesNotContain("not referenced", judged, StringComparison.Ordinal);
    }

    /// <summary>What a killed server left half written its successor removes, once it is old.</summary>
    private async Task SweepByServerAsync(VaultFolder vault)
    {
        foreach (var file in vault.Leftovers()) Age(file);
        await _server.KillAsync();
        await _server.StartAsync();
        using var limit = new CancellationTokenSource(Patience);
        while (vault.Leftovers().Length > 0) await Task.Delay(TimeSpan.FromMilliseconds(20), Clock, limit.Token);
    }

    private async Task SeeLockAsync(Operation operation, string[] before, RunningProgram program)
    {
        while (!program.HasExited && !LocksOf(operation).Except(before).Any()) await Task.Delay(TimeSpan.FromMilliseconds(2), Clock);
    }

    private string[] LocksOf(Operation operation) => Directory.GetFiles(Path.Combine(Target(operation).Path, "locks"));

    private void LearnDigests(Operation operation, IReadOnlyList<Snapshot> snapshots)
    {
        if (operation != Operation.Backup) return;
        var digest = _source.Digest();
        foreach (var snapshot in snapshots) _digests.TryAdd($"{snapshot.Tree}", digest);
    }

    private async Task RenewSecondAsync()
    {
        Directory.Delete(_second.Path, recursive: true);
        await _second.InitAsync(await _main.PolynomialAsync());
    }

    private static void Age(string file) => File.SetLastWriteTimeUtc(file, Clock.GetUtcNow().UtcDateTime.AddDays(-2));

    private string PasswordFile()
    {
        var file = _scratch["password"];
        if (!File.Exists(file)) File.WriteAllText(file, Tools.Password);
        return file;
    }
}
