using System.CommandLine;
using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Cluster;

namespace Holdfast.Cli.Clusters;

/// <summary><c>holdfast cluster restore FILE</c></summary>
internal static class RestoreCommand
{
    private const long LargestBytes = 64 << 20;

    public static Verb Create()
    {
        var file = new Argument<string>("FILE") { Description = "What 'holdfast cluster backup' or a node's daily backup wrote." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would change." };
        var key = Arguments.Text("--cluster-key", "trust/cluster.key of a node of the cluster that the backup is of, when that is another one.", "FILE");
        var without = new Option<bool>("--without-secrets") { Description = "Leave the backup's secrets out." };
        var yes = Confirmation.Option();
        return new Verb("restore", "Make the cluster's configuration that of a backup: in place, or in a cluster that was just created.",
            "holdfast cluster restore office.backup --dry-run", "holdfast cluster restore office.backup --yes", "holdfast cluster restore office.backup --cluster-key old/cluster.key --yes")
        {
            file, dryRun, key, without, yes,
        }.Does(async (run, cancellationToken) =>
        {
            if (run.Get(key) is not null && run.Get(without)) throw new UsageException("key-and-without", "--cluster-key and --without-secrets exclude each other.", "Give one of them.");
            var request = new RestoreRequest(Read(run.Get(file)), DryRun: true, KeyOf(run.Get(key)), run.Get(without));
            if (!run.Get(dryRun))
            {
                var planned = await run.Agent.RestoreAsync(request, cancellationToken);
                Confirmation.Ask(run, yes, $"Restore the configuration that cluster {planned.Cluster} had at {Phrases.Instant(planned.TakenAt)}? {Count(planned.Changes.Count)} change.");
            }

            var restored = await run.Agent.RestoreAsync(request with { DryRun = run.Get(dryRun) }, cancellationToken);
            run.Report.Result(restored, NodeApiJson.Printed.RestoreResponse, r => Draw(r, run.Get(dryRun), run.Report));
        });
    }

    private static void Draw(RestoreResponse restored, bool dryRun, Report report)
    {
        foreach (var change in restored.Changes) report.Line($"  {change.Action,-6} {change.Key}");
        var of = $"the backup of {Phrases.Instant(restored.TakenAt)}, taken by {restored.TakenBy}";
        report.Line(restored.Changes.Count == 0 ? $"Everything is as in {of}." : dryRun ? $"{Count(restored.Changes.Count)} would change to be as in {of}." : $"{Count(restored.Changes.Count)} changed; the configuration is that of {of}.");
        if (restored.Another && !dryRun) report.Line("Nodes are not restored: join each with 'holdfast node join'.");
    }

    private static string Count(int records) => records == 1 ? "1 record" : $"{records} records";

    private static byte[]? KeyOf(string? path)
    {
        if (path is null) return null;
        try
        {
            return Convert.FromBase64String(System.Text.Encoding.ASCII.GetString(Read(path)).Trim());
        }
        catch (FormatException)
        {
            throw new HoldfastException(ErrorKind.Invalid, "restore.wrong-key", $"'{path}' holds no cluster key.", "Name the file trust/cluster.key of a node's state folder.");
        }
    }

    private static byte[] Read(string path)
    {
        try
        {
            if (Directory.Exists(path)) throw new HoldfastException(ErrorKind.Invalid, "file.is-folder", $"'{path}' is a folder.", "Name one file.");
            var file = new FileInfo(path);
            if (file.Exists && file.Length > LargestBytes) throw new HoldfastException(ErrorKind.Invalid, "file.too-large", $"'{path}' is larger than {LargestBytes >> 20} MiB.", "Is it a backup of a cluster's configuration?");
            return File.ReadAllBytes(path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new HoldfastException(ErrorKind.NotFound, "file.not-found", $"There is no file '{path}'.");
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new HoldfastException(ErrorKind.Forbidden, "file.forbidden", $"You may not read '{path}'.", null, refused);
        }
    }
}
