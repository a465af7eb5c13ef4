using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Browsing;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Trees;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast dump</c></summary>
internal static class DumpCommand
{
    private const int BufferBytes = 64 * 1024;

    public static Verb Create()
    {
        var (access, filter, name) = (new VaultAccess(), new SnapshotChoiceOptions(), SnapshotChoiceOptions.One());
        var file = new Argument<string>("FILE") { Description = "The file, or a directory, which comes as a tar archive with attributes and access lists (tar --xattrs --acls); / for all." };
        var target = Arguments.Text("--target", "Write to this file instead of standard output.", "FILE");
        target.Aliases.Add("-t");
        return filter.AddTo(access.AddTo(new Verb("dump", "Print a file of a snapshot, or a directory as a tar archive.", "holdfast dump latest /etc/hosts --vault /srv/vault", "holdfast dump latest /srv/www --target www.tar --vault /srv/vault") { name, file, target }))
            .Does(async (run, cancellationToken) =>
            {
                await using var opened = await access.OpenAsync(run, cancellationToken);
                var vault = await opened.LockedAsync(run, cancellationToken);
                var choice = SnapshotChoice.Parse(run.Get(name));
                var snapshot = await SnapshotFiles.FindAsync(vault, choice, filter.Read(run), LockedVault.LeftOut(run), cancellationToken);
                var node = await TreePath.FindAsync(vault, snapshot.Tree, $"{choice.Path}/{run.Get(file)}", cancellationToken);
                if (node is { Type: not (NodeType.File or NodeType.Directory) }) throw new HoldfastException(ErrorKind.Invalid, "dump.no-content", $"'{run.Get(file)}' is neither a file nor a directory.");
                // An archive would garble the screen, and what a file holds is for whoever asked for it.
                if (run.Surroundings.OutIsTerminal && run.Get(target) is null && node is not { Type: NodeType.File })
                {
                    throw new UsageException("archive-to-terminal", "A directory comes as an archive, which is not for a terminal.", "Redirect the output, or name a file with --target.");
                }

                await using var sink = run.Get(target) is { } path ? Create(path) : run.Surroundings.OpenOutput();
                // Not disposed: after a write that failed it would try that once more, and its fault would be the one that is told.
                var output = new BufferedStream(sink, BufferBytes);
                try
                {
                    if (node is { Type: NodeType.File }) await TreeDump.WriteFileAsync(vault, node, output, cancellationToken);
                    else await TreeDump.WriteTarAsync(vault, node?.Subtree ?? snapshot.Tree, output, cancellationToken);
                    await output.FlushAsync(cancellationToken);
                }
                catch (IOException full) when (run.Get(target) is { } name)
                {
                    throw new HoldfastException(ErrorKind.Unavailable, "output.not-written", $"'{name}' cannot be written: {full.Message.TrimEnd('.')}.", "What is in it is incomplete. Make room, or choose another file.", full);
                }
            });
    }

    private static FileStream Create(string path)
    {
        try
        {
            // Backups hold secrets: for the owner alone.
            return new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new HoldfastException(ErrorKind.Invalid, "file.not-written", $"'{path}' cannot be written: {refused.Message}", "Choose another file.", refused);
        }
    }
}
