using System.Text.Json;

namespace Holdfast.Cli.Tests;

public sealed class BackupTests : IAsyncLifetime
{
    private ScratchVault _scratch = null!;

    public async Task InitializeAsync() => _scratch = await ScratchVault.MakeAsync();

    Task IAsyncLifetime.DisposeAsync()
    {
        _scratch.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task What_is_backed_up_is_told_as_json_and_a_second_time_nothing_is_read()
    {
        _scratch.Write("data/a.txt", "one");
        _scratch.Write("data/b.tmp", "two");
        _scratch.Write("data/cache/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55");
        _scratch.Write("data/cache/c", "three");

        var first = await _scratch.RunAsync("backup", _scratch["data"], "--exclude", "*.tmp", "--exclude-caches", "--tag", "x,y", "--host", "web1", "--time", "2026-03-01 10:00:00", "--json");
        var second = await _scratch.RunAsync("backup", _scratch["data"], "--exclude", "*.tmp", "--exclude-caches", "--host", "web1", "--json");

        Assert.Equal((0, ""), (first.Exit, first.Error));
        var (one, two) = (Summary(first), Summary(second));
        Assert.Equal(2, one.GetProperty("files_new").GetInt64()); // a.txt and the tag of the cache
        Assert.Equal(0, two.GetProperty("files_new").GetInt64());
        Assert.Equal(2, two.GetProperty("files_unmodified").GetInt64());
        Assert.Equal(0, two.GetProperty("bytes_read").GetInt64());
        Assert.Equal(one.GetProperty("snapshot_id").GetString(), two.GetProperty("parent").GetString());

        var listed = (await _scratch.RunAsync("snapshots", "--tag", "x", "--json")).Out;
        using var document = JsonDocument.Parse(listed);
        Assert.Contains("\"hostname\":\"web1\"", listed, StringComparison.Ordinal);
        Assert.Contains("2026-03-01T10:00:00", listed, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"full\"", listed, StringComparison.Ordinal);
        Assert.DoesNotContain(two.GetProperty("snapshot_id").GetString()!, listed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_and_writes_nothing()
    {
        var path = _scratch.Write("data/a.txt", "one");

        var ran = await _scratch.RunAsync("backup", path, "--dry-run");

        Assert.Equal(0, ran.Exit);
        Assert.Contains("dry run", ran.Out, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_scratch.Vault + "/snapshots"));
        Assert.Empty(Directory.EnumerateFiles(_scratch.Vault + "/data", "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Standard_input_becomes_a_file()
    {
        var ran = await _scratch.RunWithAsync("INSERT 1;\n", "backup", "--stdin", "--stdin-filename", "shop.sql");

        Assert.Equal((0, ""), (ran.Exit, ran.Error));
        Assert.Equal("INSERT 1;\n", _scratch.Restic("dump", "latest", "shop.sql"));
    }

    [Fact]
    public async Task The_command_before_prevents_a_backup_and_the_one_after_is_told()
    {
        var (path, told) = (_scratch.Write("data/a.txt", "one"), _scratch["told"]);

        var ran = await _scratch.RunAsync("backup", path, "--pre-command", "echo not today; false", "--post-command", $"echo $HOLDFAST_RESULT >> {told}");
        Assert.Equal(4, ran.Exit);
        Assert.Contains("not today", ran.Error, StringComparison.Ordinal);
        Assert.Contains("[hook.failed]", ran.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_scratch.Vault + "/snapshots"));

        Assert.Equal(0, (await _scratch.RunAsync("backup", path, "--pre-command", $"echo begin >> {told}", "--post-command", $"echo $HOLDFAST_RESULT >> {told}")).Exit);
        Assert.Equal(3, (await _scratch.RunAsync("backup", _scratch["gone"], "--parent", "beef", "--post-command", $"echo $HOLDFAST_RESULT >> {told}")).Exit);
        Assert.Equal(["begin", "ok", "failed"], await File.ReadAllLinesAsync(told));
    }

    [Fact]
    public async Task What_cannot_be_read_is_named_and_the_rest_is_saved()
    {
        var path = _scratch.Write("data/a.txt", "one");
        // Its first bytes cannot be read, whoever asks.
        var ran = await _scratch.RunAsync("backup", path, "/proc/self/mem", "--json");

        Assert.Equal(4, ran.Exit);
        Assert.Contains("\"message_type\":\"error\",\"path\":\"/proc/self/mem\"", ran.Out, StringComparison.Ordinal);
        Assert.Contains("[backup.incomplete]", ran.Error.Replace("\"code\":\"backup.incomplete\"", "[backup.incomplete]", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains(path, _scratch.Restic("ls", "latest"), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task One_file_system_leaves_out_what_is_mounted_below()
    {
        _scratch.Write("data/a.txt", "one");
        var mount = Directory.CreateDirectory(_scratch["data/mount"]).FullName;
        _scratch.Run("mount", "-t", "tmpfs", "none", mount);
        try
        {
            _scratch.Write("data/mount/inside.txt", "two");

            Assert.Equal(0, (await _scratch.RunAsync("backup", _scratch["data"], "--one-file-system")).Exit);

            var listed = _scratch.Restic("ls", "latest");
            Assert.Contains(mount, listed, StringComparison.Ordinal);
            Assert.DoesNotContain("inside.txt", listed, StringComparison.Ordinal);
        }
        finally
        {
            _scratch.Run("umount", mount);
        }
    }

    [Theory]
    [InlineData("usage.paths-missing")]
    [InlineData("usage.paths-and-stdin", "--stdin", "/etc")]
    [InlineData("usage.paths-and-stdin", "--stdin", "--files-from", "/etc/hosts")]
    [InlineData("usage.stdin-twice", "--files-from", "-", "--files-from-raw", "-")]
    [InlineData("usage.image-option", "--image", "/x", "--files-from-verbatim", "/etc/hosts")]
    [InlineData("usage.paths-and-image", "--image", "/x", "/etc")]
    [InlineData("usage.image-option", "--image", "/x", "--one-file-system")]
    [InlineData("usage.image-missing", "--freeze", "/etc")]
    [InlineData("usage.time", "/etc", "--time", "yesterday")]
    [InlineData("usage.size", "/etc", "--exclude-larger-than", "much")]
    [InlineData("usage.invalid", "/etc", "--compression", "some")]
    [InlineData("usage.invalid", "/etc", "--limit-upload", "0")]
    public async Task What_makes_no_sense_is_refused_before_the_vault_is_opened(string code, params string[] arguments)
    {
        var ran = await CommandLineRun.OfAsync(["backup", "--vault", "/nowhere/vault", "--password-file", "/dev/null", .. arguments]);

        Assert.Equal(2, ran.Exit);
        Assert.Contains($"[{code}]", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("Asia/Kathmandu")]
    public void Restic_reads_what_is_written_east_of_Greenwich(string zone)
    {
        _scratch.Write("data/a+b.txt", "one");
        var program = Path.Combine(AppContext.BaseDirectory, "holdfast.dll");

        _scratch.Run(Environment.ProcessPath!, [program, "backup", _scratch["data"]], zone);

        Assert.Contains(_scratch["data/a+b.txt"], _scratch.Restic("ls", "latest"), StringComparison.Ordinal);
        Assert.Contains("no errors were found", _scratch.Restic("check", "--read-data"), StringComparison.Ordinal);
        Assert.Contains("+0", _scratch.Restic("cat", "snapshot", Path.GetFileName(Directory.EnumerateFiles(_scratch.Vault + "/snapshots").Single())), StringComparison.Ordinal);
    }

    private static JsonElement Summary(Ran ran) => JsonDocument.Parse(ran.Lines[^1]).RootElement;
}
