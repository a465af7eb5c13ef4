using System.Text;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Tests;

public sealed class OutputTests : IAsyncLifetime
{
    private ScratchVault _scratch = null!;

    public async Task InitializeAsync() => _scratch = await ScratchVault.MakeAsync();

    Task IAsyncLifetime.DisposeAsync()
    {
        _scratch.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_command_ends_when_nobody_reads_what_it_prints_and_says_when_it_cannot_be_written()
    {
        _scratch.Write("data/long.txt", new string('x', 1 << 20)); // More than a pipe holds.
        Assert.Equal(0, (await _scratch.RunAsync("backup", _scratch["data"])).Exit);

        var ends = Shell($"holdfast dump latest {_scratch["data/long.txt"]} | head -c 1 >/dev/null; echo ${{PIPESTATUS[0]}}; holdfast ls latest 2>&1 >/dev/full; echo $?");

        var lines = ends.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["141", "5"], [lines[0], lines[^1]]);
        Assert.Contains("[output.not-written]", Assert.Single(lines[1..^1]), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_scratch.Vault + "/locks"));
    }

    [Fact]
    public async Task A_backup_goes_on_when_nobody_looks_on_any_more()
    {
        var path = _scratch.Write("data/a.txt", "one");

        // Its first bytes cannot be read, which is told while the backup is at work.
        var ran = await CommandLineRun.OfAsync(["backup", path, "/proc/self/mem", "--json"], output: new ClosedOutput(),
            environment: name => name switch { "HOLDFAST_VAULT" => _scratch.Vault, "HOLDFAST_PASSWORD" => "secret", _ => null });

        Assert.Equal((141, ""), (ran.Exit, ran.Error));
        Assert.Contains(path, _scratch.Restic("ls", "latest"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_is_asked_for_although_the_output_goes_to_a_file()
    {
        var asked = await CommandLineRun.OfAsync(["snapshots", "--vault", _scratch.Vault], input: "secret\n", canAskSecret: true);

        Assert.Equal((0, "Password of the vault: \n"), (asked.Exit, asked.Error));
    }

    [Fact]
    public async Task What_is_dumped_to_a_disk_that_is_full_or_as_an_archive_to_a_terminal_is_refused_with_what_to_do()
    {
        _scratch.Write("data/a", "one");
        Assert.Equal(0, (await _scratch.RunAsync("backup", _scratch["data"])).Exit);

        var full = await _scratch.RunAsync("dump", "latest", _scratch["data/a"], "--target", "/dev/full");
        var archive = await CommandLineRun.OfAsync(["dump", "latest", _scratch["data"], "--vault", _scratch.Vault], outIsTerminal: true, environment: name => name == "HOLDFAST_PASSWORD" ? "secret" : null);

        Assert.Contains("'/dev/full' cannot be written", full.Error, StringComparison.Ordinal);
        Assert.Equal((5, 2), (full.Exit, archive.Exit));
        Assert.Contains("[usage.archive-to-terminal]", archive.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rights_are_listed_with_those_that_a_program_takes_on()
    {
        File.SetUnixFileMode(_scratch.Write("data/a", "one"), (UnixFileMode)Convert.ToInt32("6754", 8));
        Assert.Equal(0, (await _scratch.RunAsync("backup", _scratch["data"])).Exit);

        Assert.Contains("-rwsr-sr--", (await _scratch.RunAsync("ls", "-l", "latest")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain ü.txt", "plain ü.txt")]
    [InlineData("\u001b[31mred\nerror: all is lost", "\\x1b[31mred\\x0aerror: all is lost")]
    public void A_name_cannot_pass_for_anything_else_on_a_terminal(string name, string shown) => Assert.Equal(shown, NameText.ForPeople(name));

    private string Shell(string script) =>
        _scratch.Run("/bin/bash", "-c", $"holdfast() {{ {Environment.ProcessPath} {Path.Combine(AppContext.BaseDirectory, "holdfast.dll")} \"$@\"; }}; {script}");

    private sealed class ClosedOutput : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new OutputClosedException();
    }
}
