using Holdfast.Protection.Backups;
using Holdfast.Protection.Patterns;
using Holdfast.Protection.Tests.Trees;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Tests.Patterns;

/// <summary>A table of patterns: what is left must be what restic leaves of the same tree.</summary>
[Collection(nameof(ResticCollection))]
public sealed class PatternRefereeTests(ResticVault vault)
{
    private const string Tree = """
        mkdir -p t/a/b/c t/a/.git t/cache t/tagged/deep t/src/foo/bar t/Ünï
        for f in t/x.tmp t/a/x.TMP t/a/b/keep.tmp t/a/b/c/foo t/a/.git/config t/cache/data t/tagged/deep/x t/src/foo/bar/z.go t/src/z.go 't/[odd]' 't/st*r' t/Ünï/ä t/a-b t/1file t/9; do echo x > "$f"; done
        head -c 3000 /dev/zero > t/long
        echo 'Signature: 8a477f597d28d172789f06886806bc55' > t/cache/CACHEDIR.TAG; echo 'other' > t/src/CACHEDIR.TAG; echo no > t/tagged/.nobackup
        """;

    [Theory]
    [InlineData("--exclude", "*.tmp")]
    [InlineData("--iexclude", "*.TMP")]
    [InlineData("--exclude", "b")]
    [InlineData("--exclude", "a/b")]
    [InlineData("--exclude", "t/a/**/foo")]
    [InlineData("--exclude", "/**/c")]
    [InlineData("--exclude", "foo/**/z.go")]
    [InlineData("--exclude", "**/*.go")]
    [InlineData("--exclude", "t/*", "--exclude", "!t/a")]
    [InlineData("--exclude", "*.tmp", "--exclude", "!keep.tmp")]
    [InlineData("--exclude", "[0-9]*")]
    [InlineData("--exclude", "[^a-z]*")]
    [InlineData("--exclude", "\\[odd\\]")]
    [InlineData("--exclude", "st\\*r")]
    [InlineData("--exclude", "??")]
    [InlineData("--exclude", "a?b")]
    [InlineData("--exclude", "./t/../t//src/")]
    [InlineData("--iexclude", "ünÏ")]
    [InlineData("--exclude-caches", "")]
    [InlineData("--exclude-if-present", ".nobackup")]
    [InlineData("--exclude-if-present", "CACHEDIR.TAG:other")]
    [InlineData("--exclude-larger-than", "2k")]
    public async Task What_is_left_out_is_what_restic_leaves_out(params string[] options)
    {
        var folder = vault.NewFolder("patterns");
        Commands.Shell(Tree, folder);
        var theirs = vault.ResticBackup(folder, [.. options.Where(option => option.Length > 0), "t"]);
        List<string> excludes = [], ignoringCase = [];
        List<DirectoryTag> tags = [];
        long? largerThan = null;
        for (var at = 0; at < options.Length; at += 2)
        {
            switch (options[at])
            {
                case "--exclude": excludes.Add(options[at + 1]); break;
                case "--iexclude": ignoringCase.Add(options[at + 1]); break;
                case "--exclude-caches": tags.Add(SourceFilter.CacheDirectory); break;
                case "--exclude-if-present": tags.Add(DirectoryTag.Parse(options[at + 1])); break;
                default: largerThan = 2048; break;
            }
        }

        // Patterns see absolute paths: the sources' own place stands before them.
        var request = new BackupRequest
        {
            Sources = [new BackupSource(folder + "/t")],
            Filter = new() { Excludes = new(excludes), ExcludesIgnoringCase = new(ignoringCase, ignoreCase: true), IfPresent = tags, LargerThan = largerThan },
        };
        var ours = await vault.BackupAsync(request);

        var top = await Protection.Restores.TreeRestore.FindAsync(vault.Vault, ours.Tree, folder, CancellationToken.None);
        Assert.Equal(await NamesAsync(theirs), await NamesAsync(top));
        Assert.True(ours.IsComplete);
    }

    private async Task<List<string>> NamesAsync(BlobId id, string at = "")
    {
        List<string> names = [];
        foreach (var node in (await Holdfast.Vault.Trees.Tree.LoadAsync(vault.Vault, id, CancellationToken.None)).Nodes)
        {
            names.Add(at + "/" + node.Name);
            if (node.Subtree is { } subtree) names.AddRange(await NamesAsync(subtree, at + "/" + node.Name));
        }

        return names;
    }
}
