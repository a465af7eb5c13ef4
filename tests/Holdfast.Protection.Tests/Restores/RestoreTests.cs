using Holdfast.Protection.Backups;
using Holdfast.Protection.Patterns;
using Holdfast.Protection.Restores;
using Holdfast.Protection.Tests.Trees;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Tests.Restores;

[Collection(nameof(ResticCollection))]
public sealed class RestoreTests(ResticVault vault)
{
    // Everything that find can print of a tree but inodes and times of change; times of access are those of modification.
    private const string Listing = @"cd tree && find . -printf '%P\0%y %m %U %G %n %s %T@ %l\0' | tr '\0\n' '\n@' | sort && find . -type f -print0 | sort -z | xargs -0 sha256sum --";

    [Fact]
    public async Task What_restic_backed_up_is_restored_with_everything_that_Linux_has()
    {
        var folder = vault.NewFolder("theirs");
        SampleTree.Make(folder);
        var tree = vault.ResticBackup(folder, "tree");
        var target = vault.NewFolder("ours");

        var result = await RestoreAsync(new() { Tree = tree, Target = target, Verify = true });

        Assert.Equal(0, result.Failures);
        Assert.Equal(List(folder), List(target));
        Assert.Equal(await TreeWithoutInodesAsync(folder), await TreeWithoutInodesAsync(target));
        Assert.True(SectorsOf(target + "/tree/dir/sparse") < 2048, "the holes were filled");
    }

    [Fact]
    public async Task What_we_backed_up_is_restored_by_restic()
    {
        var folder = vault.NewFolder("ours");
        SampleTree.Make(folder);
        var backup = await vault.BackupAsync(folder, "tree");
        var snapshot = await vault.SaveSnapshotAsync(backup.Tree, "/tree");
        var target = vault.NewFolder("theirs");

        vault.Restic("restore", snapshot, "--target", target);

        Assert.Equal(List(folder), List(target));
    }

    [Fact]
    public async Task In_place_only_differences_are_written_and_extra_things_go_only_when_asked()
    {
        var folder = vault.NewFolder("place");
        SampleTree.Make(folder);
        var before = List(folder);
        var backup = await vault.BackupAsync(folder, "tree");
        Commands.Shell("printf X | dd of=tree/dir/large bs=1 seek=4000000 conv=notrunc status=none; echo longer >> tree/many/3; rm tree/many/4; echo new > tree/extra; mkdir -p tree/more/yet; rm -r tree/empty; ln -s /etc tree/empty", folder);

        var kept = await RestoreAsync(new() { Tree = backup.Tree, Target = folder });
        Assert.True(File.Exists(folder + "/tree/extra"));
        var cleaned = await RestoreAsync(new() { Tree = backup.Tree, Target = folder, Delete = true });

        Assert.Equal((0, 0), (kept.Failures, cleaned.Failures));
        Assert.InRange(kept.WrittenBytes, 1, 5_000_100);
        Assert.Equal(0, cleaned.WrittenBytes);
        Assert.Equal(3, cleaned.Deleted);
        Assert.Equal(before, List(folder));
    }

    [Fact]
    public async Task A_dry_run_says_what_it_would_do_and_does_nothing()
    {
        var folder = vault.NewFolder("dry");
        SampleTree.Make(folder);
        var backup = await vault.BackupAsync(folder, "tree");
        Commands.Shell("rm tree/many/4; echo more >> tree/many/5; echo new > tree/extra", folder);
        var before = List(folder);
        List<RestoreAction> actions = [];

        await RestoreAsync(new() { Tree = backup.Tree, Target = folder, DryRun = true, Delete = true, OnAction = action => { lock (actions) actions.Add(action); } });

        Assert.Equal(before, List(folder));
        Assert.Contains(new("/tree/many/4", RestoreActionKind.Create, 2), actions);
        Assert.Contains(actions, action => action is { Path: "/tree/many/5", Kind: RestoreActionKind.Update });
        Assert.Contains(actions, action => action is { Path: "/tree/extra", Kind: RestoreActionKind.Delete });
        Assert.Contains(new("/tree/many/6", RestoreActionKind.Keep, 0), actions);
    }

    [Fact]
    public async Task A_hostile_snapshot_writes_nothing_outside_the_target()
    {
        var (target, outside) = (vault.NewFolder("target"), vault.NewFolder("outside"));
        var content = (await vault.Vault.SaveAsync(BlobKind.Data, "evil"u8.ToArray(), CancellationToken.None)).Id;
        var evil = new Node { Name = "evil", Type = NodeType.File, Mode = 0x1A4, Size = 4, Content = [content] };
        var inner = await SaveAsync(evil);
        // A link out of the target and a directory of the same name; names that climb; a link that is there before.
        Directory.CreateSymbolicLink(target + "/there", outside);
        var root = await SaveAsync(
            evil with { Name = ".." }, evil with { Name = "../up" }, evil with { Name = "a/../../b" },
            new Node { Name = "out", Type = NodeType.SymbolicLink, LinkTarget = outside },
            new Node { Name = "there", Type = NodeType.Directory, Mode = NodeMode.FromLinux(0x41ED), Subtree = inner });
        var twice = await RawAsync($$"""{"nodes":[{"name":"x","type":"symlink","linktarget":"{{outside}}","uid":0,"gid":0,"content":null},{"name":"x","type":"dir","mode":2147484141,"uid":0,"gid":0,"content":null,"subtree":"{{inner}}"}]}""");
        await vault.Vault.FlushAsync(CancellationToken.None);

        var first = await RestoreAsync(new() { Tree = root, Target = target });
        var second = await RestoreAsync(new() { Tree = twice, Target = target });

        Assert.Equal((3, 1), (first.Failures, second.Failures));
        Assert.Empty(Directory.GetFileSystemEntries(outside));
        Assert.Equal("evil", await File.ReadAllTextAsync(target + "/there/evil"));
        Assert.Null(new DirectoryInfo(target + "/there").LinkTarget);
    }

    [Theory]
    [InlineData("--include", "many/7*")]
    [InlineData("--include", "/tree/dir")]
    [InlineData("--exclude", "*[0-9]")]
    [InlineData("--exclude", "/tree/d*/**/large")]
    public async Task Includes_and_excludes_choose_what_restic_would(string option, string pattern)
    {
        var folder = vault.NewFolder("choose");
        SampleTree.Make(folder);
        var backup = await vault.BackupAsync(folder, "tree");
        var snapshot = await vault.SaveSnapshotAsync(backup.Tree, "/tree");
        var (ours, theirs) = (vault.NewFolder("ours"), vault.NewFolder("theirs"));
        vault.Restic("restore", snapshot, "--target", theirs, option, pattern);

        var selection = option == "--include" ? new RestoreSelection { Includes = new([pattern]) } : new RestoreSelection { Excludes = new([pattern]) };
        await RestoreAsync(new() { Tree = backup.Tree, Target = ours, Selection = selection });

        Assert.Equal(Names(theirs), Names(ours));
    }

    private async Task<RestoreResult> RestoreAsync(RestoreRequest request)
    {
        await vault.Vault.LoadIndexAsync(CancellationToken.None);
        return await new TreeRestore(vault.Vault, TimeProvider.System).RunAsync(request, CancellationToken.None);
    }

    private async Task<BlobId> SaveAsync(params Node[] nodes) =>
        (await new Tree([.. nodes.OrderBy(node => node.Name, Comparer<string>.Create(ByteText.Compare))]).SaveAsync(vault.Vault, CancellationToken.None)).Id;

    private async Task<BlobId> RawAsync(string json) => (await vault.Vault.SaveAsync(BlobKind.Tree, System.Text.Encoding.UTF8.GetBytes(json), CancellationToken.None)).Id;

    private async Task<string> TreeWithoutInodesAsync(string folder)
    {
        var backup = await new TreeBackup(vault.Vault, vault.Vault, vault.Chunker, TimeProvider.System).RunAsync(ResticVault.RequestFor(folder, "tree"), CancellationToken.None);
        var text = new System.Text.StringBuilder();
        await AppendAsync(backup.Tree);
        return text.ToString();

        async Task AppendAsync(BlobId id)
        {
            foreach (var node in (await Tree.LoadAsync(vault.Vault, id, CancellationToken.None)).Nodes)
            {
                using var line = TreeJson.Write([node with { Inode = 0, ChangedAt = default, Subtree = null }]);
                text.Append(System.Text.Encoding.UTF8.GetString(line.Written.Span));
                if (node.Subtree is { } subtree) await AppendAsync(subtree);
            }
        }
    }

    private static string List(string folder) => Commands.Run("/bin/bash", ["-e", "-o", "pipefail", "-c", Listing], folder, new Dictionary<string, string> { ["LC_ALL"] = "C" });

    private static string Names(string folder) => Commands.Run("/bin/bash", ["-c", "find . | sort"], folder);

    private static long SectorsOf(string path) => long.Parse(Commands.Run("/usr/bin/stat", ["-c", "%b", path]), System.Globalization.CultureInfo.InvariantCulture);
}
