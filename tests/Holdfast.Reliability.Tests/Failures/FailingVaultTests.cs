using System.Diagnostics;
using Holdfast.Reliability.Tests.Programs;

namespace Holdfast.Reliability.Tests.Failures;

/// <summary>A disk that is full or read-only, and a vault that goes away: one clear error, and the vault is whole afterwards.</summary>
public sealed class FailingVaultTests : IDisposable
{
    private static readonly TimeProvider Clock = TimeProvider.System;

    private readonly TempFolder _scratch = new();
    private readonly SourceTree _source;
    private readonly VaultFolder _vault;
    private bool _isMounted;

    public FailingVaultTests()
    {
        _source = new(_scratch["source"], new Random(11));
        _vault = new(_scratch["disk/vault"]);
        Directory.CreateDirectory(_scratch["disk"]);
        Directory.CreateDirectory(_scratch["source/few"]);
        File.WriteAllBytes(_scratch["source/few/file"], new byte[100_000]);
    }

    public void Dispose()
    {
        if (_isMounted) Run("umount", "-l", _scratch["disk"]);
        _scratch.Dispose();
    }

    [RootFact]
    public async Task A_full_disk_ends_a_backup_and_what_was_there_stays_readable_and_prunable()
    {
        Mount("size=30m");
        await _vault.InitAsync();
        await Tools.SucceedAsync("backup", "--vault", _vault.Path, _scratch["source/few"]);
        _source.Create();

        Expect(await Tools.HoldfastAsync("backup", "--vault", _vault.Path, _source.Path), 4, "vault.full");

        await ExpectWholeAsync();
        await Tools.SucceedAsync("vault", "prune", "--vault", _vault.Path);
        Assert.Empty(_vault.Leftovers());
        await Tools.SucceedAsync("backup", "--vault", _vault.Path, _scratch["source/few"]);
    }

    [RootFact]
    public async Task A_disk_without_a_byte_left_can_still_be_restored_from()
    {
        Mount("size=4m");
        await _vault.InitAsync();
        await Tools.SucceedAsync("backup", "--vault", _vault.Path, _scratch["source/few"]);
        Fill(_scratch["disk/filler"]);

        Expect(await Tools.HoldfastAsync("backup", "--vault", _vault.Path, _scratch["source/few"]), 4, "vault.full");
        await ExpectWholeAsync();
    }

    [RootFact]
    public async Task A_read_only_disk_refuses_a_backup_and_can_be_restored_from_and_checked()
    {
        Mount("size=8m");
        await _vault.InitAsync();
        await Tools.SucceedAsync("backup", "--vault", _vault.Path, _scratch["source/few"]);
        Run("mount", "-o", "remount,ro", _scratch["disk"]);

        Expect(await Tools.HoldfastAsync("backup", "--vault", _vault.Path, _scratch["source/few"]), 6, "vault.read-only");
        Expect(await Tools.HoldfastAsync("vault", "prune", "--vault", _vault.Path), 6, "vault.read-only");
        await ExpectWholeAsync();
        await Tools.SucceedAsync("vault", "check", "--read-data", "--vault", _vault.Path);
    }

    [Theory]
    [InlineData("backup")]
    [InlineData("restore")]
    public async Task A_directory_that_goes_away_is_told_and_the_vault_is_whole_when_it_is_back(string verb)
    {
        await _vault.InitAsync();
        _source.Create();
        await Tools.SucceedAsync("backup", "--vault", _vault.Path, _source.Path);
        _source.Change();
        using var program = await StartAndHoldAsync(verb, "--vault", _vault.Path);

        Directory.Move(_vault.Path, _scratch["elsewhere"]);
        program.GoOn();
        var ended = await program.EndAsync();
        Directory.Move(_scratch["elsewhere"], _vault.Path);

        if (verb == "backup") Expect(ended, 5, "vault.unreachable");
        else Assert.True(ended.Exit is 4 or 5 && ended.Errors.Contains("[restore.incomplete]", StringComparison.Ordinal) | ended.Errors.Contains("[vault.unreachable]", StringComparison.Ordinal), ended.ToString());
        await Tools.ResticAsync(_vault.Path, "check", "--read-data");
        await Tools.SucceedAsync("backup", "--vault", _vault.Path, _source.Path);
        await Tools.SucceedAsync("vault", "prune", "--vault", _vault.Path);
    }

    [Theory]
    [InlineData("backup")]
    [InlineData("restore")]
    public async Task A_server_that_goes_away_is_waited_for_and_then_told(string verb)
    {
        await _vault.InitAsync();
        _source.Create();
        using var server = new ServerProgram(_scratch["disk"]);
        await server.StartAsync();
        await Tools.SucceedAsync("backup", "--vault", server.Url("vault"), _source.Path);
        _source.Change();
        using var program = await StartAndHoldAsync(verb, "--vault", server.Url("vault"), "--give-up-after", "2s");

        await server.KillAsync();
        program.GoOn();
        var ended = await program.EndAsync();

        Assert.True(ended.Exit is 4 or 5, ended.ToString());
        Assert.Contains("cannot be reached", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("It is tried again.", ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("[unexpected]", ended.Errors, StringComparison.Ordinal);
        await Tools.ResticAsync(_vault.Path, "check", "--read-data");
    }

    [Fact]
    public async Task A_server_that_was_never_there_is_told_after_the_time_given()
    {
        using var nobody = new ServerProgram(_scratch["disk"]);

        Expect(await Tools.HoldfastAsync("snapshots", "--vault", nobody.Url("vault"), "--give-up-after", "500ms"), 5, "vault.unreachable");
    }

    private static void Expect(Ended ended, int exit, string code)
    {
        Assert.True(ended.Exit == exit, ended.ToString());
        Assert.EndsWith($"[{code}]", ended.Errors.TrimEnd(), StringComparison.Ordinal);
    }

    private string[] Rest(string verb) => verb == "backup" ? [_source.Path] : ["--target", _scratch["restored"], "latest"];

    private async Task ExpectWholeAsync()
    {
        await Tools.ResticAsync(_vault.Path, "check", "--read-data");
        await Tools.SucceedAsync("restore", "--vault", _vault.Path, "--target", _scratch["restored"], "latest");
        Assert.Equal(new byte[100_000], File.ReadAllBytes(_scratch["restored"] + _scratch["source/few/file"]));
    }

    /// <summary>Starts a command and holds it once it has its lock, with its work before it. One that was faster is started again, with something to do.</summary>
    private async Task<RunningProgram> StartAndHoldAsync(string verb, params string[] options)
    {
        while (true)
        {
            var program = Tools.StartHoldfast([verb, .. options, .. Rest(verb)]);
            while (!program.HasExited && Directory.GetFiles(Path.Combine(_vault.Path, "locks")).Length == 0) await Task.Delay(TimeSpan.FromMilliseconds(2), Clock);
            program.Halt();
            if (!program.HasExited && Directory.GetFiles(Path.Combine(_vault.Path, "locks")).Length > 0) return program;
            program.GoOn();
            await program.EndAsync();
            program.Dispose();
            _source.Change();
            if (Directory.Exists(_scratch["restored"])) Directory.Delete(_scratch["restored"], recursive: true);
        }
    }

    private void Mount(string options)
    {
        Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", _scratch["disk"]);
        _isMounted = true;
    }

    private static void Fill(string path)
    {
        using var file = File.Create(path);
        try
        {
            while (true) file.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full: that was wanted.
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
