namespace Holdfast.Cli.Tests;

public sealed class RepairTests
{
    [Fact]
    public async Task No_snapshot_is_forgotten_for_what_may_be_in_a_pack_that_no_index_lists()
    {
        using var scratch = await ScratchVault.MakeAsync();
        scratch.Write("data/a.txt", "one");
        Assert.Equal(0, (await scratch.RunAsync("backup", scratch["data"])).Exit);
        foreach (var index in Directory.EnumerateFiles(scratch.Vault + "/index")) File.Delete(index);

        var rehearsed = await scratch.RunAsync("vault", "repair", "snapshots");
        var refused = await scratch.RunAsync("vault", "repair", "snapshots", "--apply", "--forget");
        var indexed = await scratch.RunAsync("vault", "repair", "index", "--apply");
        var repaired = await scratch.RunAsync("vault", "repair", "snapshots", "--apply", "--forget");

        Assert.Contains("warning: 2 packs are in no index", rehearsed.Error, StringComparison.Ordinal);
        Assert.Equal(4, refused.Exit);
        Assert.Contains("[repair.index-first]", refused.Error, StringComparison.Ordinal);
        Assert.Equal((0, 0), (indexed.Exit, repaired.Exit));
        Assert.Contains("There is nothing to repair.", repaired.Out, StringComparison.Ordinal);
        Assert.Contains("no errors were found", scratch.Restic("check", "--read-data"), StringComparison.Ordinal);
        Assert.Contains(scratch["data/a.txt"], scratch.Restic("ls", "latest"), StringComparison.Ordinal);
    }
}
