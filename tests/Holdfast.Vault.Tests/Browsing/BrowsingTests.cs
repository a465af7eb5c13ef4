using System.Formats.Tar;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Browsing;
using Holdfast.Vault.Tests.Snapshots;
using Holdfast.Vault.Tests.Vaults;

namespace Holdfast.Vault.Tests.Browsing;

public class BrowsingTests
{
    [Fact]
    public async Task Only_paths_that_differ_are_told()
    {
        await using var vault = await TestVault.InitAsync(new MemoryBackend());
        var first = await TestVault.BackUpAsync(vault, Some.Noon, TestVault.Piece(1), TestVault.Piece(2), TestVault.Piece(3));
        var second = await TestVault.BackUpAsync(vault, Some.Noon, TestVault.Piece(1), TestVault.Piece(9));

        var differences = await TreeDifference.CompareAsync(vault, first.Tree, second.Tree, "", metadata: false, default).ToListAsync();

        Assert.Equal([(DifferenceKind.Modified, "/folder/file01"), (DifferenceKind.Removed, "/folder/file02")], differences.Select(difference => (difference.Kind, difference.Path)));
        Assert.Empty(await TreeDifference.CompareAsync(vault, first.Tree, first.Tree, "", metadata: true, default).ToListAsync());
    }

    [Fact]
    public async Task A_directory_comes_as_an_archive_with_every_byte()
    {
        await using var vault = await TestVault.InitAsync(new MemoryBackend());
        var snapshot = await TestVault.BackUpAsync(vault, Some.Noon, TestVault.Piece(1), TestVault.Piece(2));
        var output = new MemoryStream();

        await TreeDump.WriteTarAsync(vault, snapshot.Tree, output, default);

        output.Position = 0;
        await using var tar = new TarReader(output);
        List<string> names = [];
        while (await tar.GetNextEntryAsync(copyData: true) is { } entry)
        {
            names.Add(entry.Name);
            if (entry.DataStream is not { } content) continue;
            var bytes = new byte[content.Length];
            await content.ReadExactlyAsync(bytes);
            Assert.Equal(TestVault.Piece(names.Count - 1), bytes);
        }

        Assert.Equal(["folder/", "folder/file00", "folder/file01"], names);
    }

    [Fact]
    public async Task A_path_that_is_not_there_is_named()
    {
        await using var vault = await TestVault.InitAsync(new MemoryBackend());
        var snapshot = await TestVault.BackUpAsync(vault, Some.Noon, TestVault.Piece(1));

        Assert.Equal("file00", (await TreePath.FindAsync(vault, snapshot.Tree, "/folder/file00", default))!.Name);
        var missing = await Assert.ThrowsAsync<HoldfastException>(() => TreePath.FindAsync(vault, snapshot.Tree, "//folder/other", default));
        Assert.Equal(("snapshot.path-missing", "The snapshot has no '/folder/other'."), (missing.Code, missing.Message));
        Assert.Equal("snapshot.path-missing", (await Assert.ThrowsAsync<HoldfastException>(() => TreePath.FindAsync(vault, snapshot.Tree, "/folder/file00/below", default))).Code);
    }
}
