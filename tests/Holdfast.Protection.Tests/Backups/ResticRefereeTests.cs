using System.Text;
using Holdfast.Protection.Tests.Trees;
using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Tests.Backups;

[Collection(nameof(ResticCollection))]
public sealed class ResticRefereeTests(ResticVault vault)
{
    [Fact]
    public async Task A_tree_gets_the_very_id_that_restic_gives_it()
    {
        var folder = vault.NewFolder("same");
        SampleTree.Make(folder);
        var theirs = vault.ResticBackup(folder, "tree");

        var ours = await vault.BackupAsync(folder, "tree");

        Assert.True(ours.IsComplete);
        if (theirs != ours.Tree) Assert.Equal(await TextAsync(theirs), await TextAsync(ours.Tree));
        Assert.Equal(theirs, ours.Tree);
        Assert.Equal((0, 0), (ours.Counts.TreeBlobs, ours.Counts.DataBlobs));
    }

    private async Task<string> TextAsync(BlobId tree)
    {
        var text = new StringBuilder();
        await AppendAsync(tree);
        return text.ToString();

        async Task AppendAsync(BlobId id)
        {
            text.Append(Encoding.UTF8.GetString(await vault.Vault.LoadAsync(BlobKind.Tree, id, CancellationToken.None)).Replace("},{", "},\n{", StringComparison.Ordinal));
            foreach (var node in (await Holdfast.Vault.Trees.Tree.LoadAsync(vault.Vault, id, CancellationToken.None)).Nodes)
            {
                if (node.Subtree is { } subtree) await AppendAsync(subtree);
            }
        }
    }
}
