using Holdfast.Protection.Scanning;
using Holdfast.Protection.Tests.Trees;
using Holdfast.Vault.Browsing;

namespace Holdfast.Protection.Tests.Archives;

/// <summary>A directory of a snapshot as an archive, unpacked by GNU tar: nothing that tar knows may be lost.</summary>
[Collection(nameof(ResticCollection))]
public sealed class TarRefereeTests(ResticVault vault)
{
    [Fact]
    public async Task What_tar_unpacks_is_what_was_backed_up_with_attributes_and_access_lists()
    {
        var folder = vault.NewFolder("tar");
        SampleTree.Make(folder);
        Commands.Shell("name=$(printf 'x%.0s' $(seq 200)); mkdir -p tree/$name; echo y > tree/$name/$name; ln -s $name/$name tree/$name/link; chown 3000000:3000000 tree/$name", folder);
        var saved = await vault.BackupAsync(folder, "tree");

        var unpacked = Directory.CreateDirectory(folder + "/unpacked").FullName;
        await using (var archive = File.Create(folder + "/archive.tar")) await TreeDump.WriteTarAsync(vault.Vault, saved.Tree, archive, CancellationToken.None);
        var told = Commands.Run("/bin/bash", ["-c", "tar --warning=no-timestamp --xattrs --xattrs-include='*' --acls --same-owner -xpf ../archive.tar 2>&1"], unpacked);

        Assert.Equal("", told);
        // Times of symbolic links too; how many names a file has is not kept, as restic has it.
        const string List = @"find tree -printf '%p %y %m %U %G %T@ %l %s\n' | LC_ALL=C sort; find tree -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum";
        Assert.Equal(Commands.Run("/bin/bash", ["-c", List], folder), Commands.Run("/bin/bash", ["-c", List], unpacked));
        var attributes = Attributes(folder);
        Assert.Equal(attributes, Attributes(unpacked));
        Assert.Contains(attributes, line => line.Contains("tree/many/1 system.posix_acl_access=", StringComparison.Ordinal));
        Assert.Contains(attributes, line => line.Contains("tree/dir/large user.binary=00FF10", StringComparison.Ordinal));
    }

    private static List<string> Attributes(string folder)
    {
        List<string> lines = [];
        Add("tree");
        return lines;

        void Add(string name)
        {
            var path = LinuxPath.Of(folder + "/" + name);
            lines.AddRange(ExtendedAttributes.Of(path).Select(attribute => $"{name} {attribute.Name}={Convert.ToHexString(attribute.Value)}").Order(StringComparer.Ordinal));
            if (FileStat.Of(path).Type != Holdfast.Vault.Trees.NodeType.Directory) return;
            foreach (var entry in DirectoryListing.Read(path)) Add(name + "/" + entry);
        }
    }
}
