using System.CommandLine;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cluster;

namespace Holdfast.Cli.Clusters;

/// <summary><c>holdfast cluster backup FILE</c></summary>
internal static class BackupCommand
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static Verb Create()
    {
        var file = new Argument<string>("FILE") { Description = "The file to write." };
        var force = new Option<bool>("--force") { Description = "Replace the file if there is one." };
        return new Verb("backup", "Write the cluster's configuration to a file. Every node also does so each day, into STATE/backups.",
            "holdfast cluster backup office.backup", "holdfast cluster backup /mnt/safe/office.backup --force") { file, force }
            .Does(async (run, cancellationToken) =>
            {
                var path = run.Get(file);
                if (Directory.Exists(path)) throw new HoldfastException(ErrorKind.Invalid, "file.is-folder", $"'{path}' is a folder.", "Name a file in it.");
                if (File.Exists(path) && !run.Get(force)) throw new HoldfastException(ErrorKind.Conflict, "file.exists", $"There is a file '{path}' already.", "Choose another name, or replace it with --force.");
                var backup = await run.Agent.BackupAsync(cancellationToken);
                Write(path, backup);
                run.Report.Done(new($"The cluster's configuration is in {path}. Secrets in it are sealed: keep trust/cluster.key of a node too, but not beside it."));
            });
    }

    private static void Write(string path, byte[] backup)
    {
        var partial = path + ".new";
        try
        {
            using (var stream = new FileStream(partial, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
            {
                stream.Write(backup);
                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            if (File.Exists(partial)) File.Delete(partial);
            throw new HoldfastException(ErrorKind.Invalid, "file.not-written", $"'{path}' cannot be written: {refused.Message}", "Choose another folder.", refused);
        }
    }
}
