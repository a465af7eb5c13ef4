using System.Text.Json;

namespace Holdfast.Cli.Tests;

public sealed class RestoreTests : IAsyncLifetime
{
    private ScratchVault _scratch = null!;

    public async Task InitializeAsync()
    {
        _scratch = await ScratchVault.MakeAsync();
        _scratch.Write("data/a.txt", "one");
        _scratch.Write("data/sub/b.sql", "two");
        Assert.Equal(0, (await _scratch.RunAsync("backup", _scratch["data"], "--host", "web1")).Exit);
    }

    Task IAsyncLifetime.DisposeAsync()
    {
        _scratch.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_snapshot_is_restored_and_compared_and_a_second_time_nothing_is_written()
    {
        var first = await _scratch.RunAsync("restore", "latest", "--target", _scratch["out"], "--verify", "--json");
        var second = await _scratch.RunAsync("restore", "latest", "--target", _scratch["out"], "--json");

        Assert.Equal((0, ""), (first.Exit, first.Error));
        Assert.Equal(2, Summary(first).GetProperty("files_verified").GetInt64());
        Assert.Equal(6, Summary(first).GetProperty("bytes_written").GetInt64());
        Assert.Equal(0, Summary(second).GetProperty("bytes_written").GetInt64());
        _scratch.Run("diff", "-r", _scratch["data"], _scratch["out"] + _scratch["data"]);
    }

    [Fact]
    public async Task A_link_that_is_there_as_it_was_is_not_made_anew_and_one_that_leads_elsewhere_is()
    {
        foreach (var name in (string[])["same", "other"]) File.CreateSymbolicLink(_scratch["data/" + name], "a.txt");
        Assert.Equal(0, (await _scratch.RunAsync("backup", _scratch["data"])).Exit);
        string[] restore = ["restore", $"latest:{_scratch["data"]}", "--target", _scratch["out"]];
        Assert.Equal(0, (await _scratch.RunAsync(restore)).Exit);
        var (before, other) = (_scratch.Run("stat", "--format=%i", _scratch["out/same"]).Trim(), _scratch["out/other"]);
        File.Delete(other);
        File.CreateSymbolicLink(other, "gone");

        var planned = await _scratch.RunAsync([.. restore, "--dry-run"]);
        Assert.Equal(0, (await _scratch.RunAsync(restore)).Exit);

        Assert.Matches("keep .* /same\n", planned.Out);
        Assert.Matches("update .* /other\n", planned.Out);
        Assert.Equal(before, _scratch.Run("stat", "--format=%i", _scratch["out/same"]).Trim());
        Assert.Equal("a.txt", new FileInfo(other).LinkTarget);
    }

    [Fact]
    public async Task A_part_is_restored_and_what_is_there_too_many_removed()
    {
        _scratch.Write("out/left.txt", "over");

        var ran = await _scratch.RunAsync("restore", $"latest:{_scratch["data"]}", "--target", _scratch["out"], "--include", "*.sql", "--host", "web1");
        Assert.Equal((0, ""), (ran.Exit, ran.Error));
        Assert.Equal(["left.txt", "sub/b.sql"], Files("out"));

        Assert.Equal(0, (await _scratch.RunAsync("restore", $"latest:{_scratch["data"]}", "--target", _scratch["out"], "--delete")).Exit);
        Assert.Equal(["a.txt", "sub/b.sql"], Files("out"));
    }

    [Fact]
    public async Task A_dry_run_lists_and_writes_nothing()
    {
        var ran = await _scratch.RunAsync("restore", $"latest:{_scratch["data"]}", "--target", _scratch["out"], "--dry-run", "--json");

        Assert.Equal(0, ran.Exit);
        var actions = ran.Lines.Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.GetProperty("message_type").GetString() == "action").Select(line => line.GetProperty("path").GetString());
        Assert.Contains(actions, path => path!.EndsWith("sub/b.sql", StringComparison.Ordinal));
        Assert.True(Summary(ran).GetProperty("dry_run").GetBoolean());
        Assert.False(Directory.Exists(_scratch["out"]));
    }

    [Theory]
    [InlineData(3, "snapshot.not-found", "beef")]
    [InlineData(3, "snapshot.not-found", "latest", "--host", "web2")]
    [InlineData(3, "snapshot.path-not-found", "latest:/gone")]
    [InlineData(2, "restore.target", "latest", "--target", "/proc/nothing")]
    public async Task What_is_wrong_is_named(int exit, string code, params string[] arguments)
    {
        var ran = await _scratch.RunAsync(["restore", .. arguments.Contains("--target") ? Array.Empty<string>() : ["--target", _scratch["out"]], .. arguments]);

        Assert.Equal(exit, ran.Exit);
        Assert.Contains($"[{code}]", ran.Error, StringComparison.Ordinal);
    }

    private static JsonElement Summary(Ran ran) => JsonDocument.Parse(ran.Lines[^1]).RootElement;

    private IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(_scratch[folder], "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_scratch[folder], path)).Order(StringComparer.Ordinal);
}
