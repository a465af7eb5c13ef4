using System.Text.Json;

namespace Holdfast.Cli.Tests;

/// <summary>Lists of what is to be backed up: restic must store the very same for the same list.</summary>
public sealed class SourceListTests : IAsyncLifetime
{
    private const string Tree = """
        mkdir -p t/a t/b/.hidden t/c 't/[odd]' t/empty
        for f in t/a/x.txt t/a/y.log t/b/x.txt t/b/.hidden/z t/c/a+b t/.dot 't/[odd]/in' 't/ space ' 't/st*r' 't/star' t/#no $'t/bad\xff\xfe' $'t/new\nline'; do echo "$f" > "$f"; done
        """;

    private ScratchVault _scratch = null!;

    public async Task InitializeAsync() => _scratch = await ScratchVault.MakeAsync();

    Task IAsyncLifetime.DisposeAsync()
    {
        _scratch.Run("/bin/rm", "-rf", "--", _scratch["t"]); // .NET cannot remove names that are no UTF-8.
        _scratch.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("--files-from", @"t/*/x.txt\n# a comment\n\n  ./t/a/*.log \r\nt/[[]odd]/\nt/b\nt/none*\n")]
    [InlineData("--files-from", @"t/*\n")] // Hidden ones, and names that are no UTF-8, too.
    [InlineData("--files-from", @"t/st\\*r\nt/\\x23no\nt/../t/[a-b]/x.tx[^a-s]\n")]
    [InlineData("--files-from", @"\xef\xbb\xbft/c")]
    [InlineData("--files-from", @"\xff\xfet\x00/\x00c\x00\n\x00")] // UTF-16
    [InlineData("--files-from-verbatim", @"t/ space \nt/st*r\n\nt/#no\r\nt/bad\xff\xfe\n./t//c/../a\nt/b/.hidden")]
    [InlineData("--files-from-raw", @"t/new\nline\0t/bad\xff\xfe\0t/b\0t/b/x.txt\0")]
    public void What_is_stored_is_what_restic_stores(string option, string list)
    {
        Bash(Tree);
        Bash($"printf '{list}' > list");

        _scratch.Run("/usr/bin/restic", "--no-cache", "-r", _scratch.Vault, "backup", "--host", "theirs", option, "list", "t/c");
        _scratch.Run(Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "holdfast.dll"), "backup", "--host", "ours", option, "list", "t/c");

        var (theirs, ours) = (Snapshot("theirs"), Snapshot("ours"));
        if (theirs.Tree != ours.Tree) Assert.Equal(Names(theirs.Id), Names(ours.Id));
        Assert.Equal(theirs.Tree, ours.Tree);
        Assert.Equal(theirs.Paths, ours.Paths);
    }

    [Fact]
    public async Task A_list_may_come_from_standard_input()
    {
        var ran = await _scratch.RunWithAsync(_scratch.Write("data/a.txt", "one") + "\0", "backup", "--files-from-raw", "-");

        Assert.Equal((0, ""), (ran.Exit, ran.Error));
        Assert.Contains(_scratch["data/a.txt"], _scratch.Restic("ls", "latest"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pattern_that_nothing_fits_is_told_and_the_rest_is_saved()
    {
        var ran = await _scratch.RunWithAsync($"{_scratch["none*"]}\n{_scratch.Write("data/a.txt", "one")}\n", "backup", "--files-from", "-");

        Assert.Equal(0, ran.Exit);
        Assert.Contains(_scratch["none*"], ran.Error, StringComparison.Ordinal);
        Assert.Contains(_scratch["data/a.txt"], _scratch.Restic("ls", "latest"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("source-list.invalid", "--files-from-raw", "/etc/hosts\0/etc/gro")] // Half of a name may be another file's.
    [InlineData("source-list.invalid", "--files-from-raw", "/etc/hosts\0\0")]
    [InlineData("source-list.invalid", "--files-from-verbatim", "/etc\0/hosts")]
    [InlineData("source-list.invalid", "--files-from", "/etc/[a-")]
    [InlineData("backup.no-sources", "--files-from", "# nothing\n")]
    public async Task A_list_that_is_wrong_is_refused_whole(string code, string option, string list)
    {
        var ran = await CommandLineRun.OfAsync(["backup", "--vault", "/nowhere/vault", "--password-file", "/dev/null", option, "-"], list);

        Assert.Contains($"[{code}]", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_is_not_there_is_named()
    {
        var ran = await CommandLineRun.OfAsync(["backup", "--vault", "/nowhere/vault", "--password-file", "/dev/null", "--files-from", "/nowhere/list"]);

        Assert.Contains("'/nowhere/list'", ran.Error, StringComparison.Ordinal);
        Assert.Contains("[source-list.file]", ran.Error, StringComparison.Ordinal);
    }

    private string[] Names(string snapshot) => _scratch.Restic("ls", snapshot).Split('\n')[1..];

    private void Bash(string script) => _scratch.Run("/bin/bash", "-e", "-c", script);

    private (string Id, string Tree, string Paths) Snapshot(string host)
    {
        using var listed = JsonDocument.Parse(_scratch.Restic("snapshots", "--host", host, "--json"));
        var snapshot = listed.RootElement.EnumerateArray().Single();
        return (snapshot.GetProperty("id").GetString()!, snapshot.GetProperty("tree").GetString()!, snapshot.GetProperty("paths").GetRawText());
    }
}
