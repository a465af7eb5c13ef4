using System.Collections.Immutable;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cli.Databases;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Roles;
using Holdfast.Protection.Patterns;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Checking;
using Holdfast.Vault.Keeping;

namespace Holdfast.Cli.Workers;

/// <summary>Judges a job's declaration with the readers that its worker has, so that both say the same.</summary>
internal static class JobWords
{
    private static readonly string[] Types = ["full", "differential", "incremental", "log"];

    /// <summary>What the worker would not take.</summary>
    public static IEnumerable<(string Property, string Message)> Judge(JobKind kind, ImmutableSortedDictionary<string, PropertyValue> properties)
    {
        var job = new WorkerAssignment { Job = "", Run = "", Due = default, Attempt = 1, Epoch = "", Node = "", Properties = properties };
        return kind == JobKind.Command ? [] : OfVault(job).Concat(kind switch
        {
            JobKind.Backup => OfBackup(job),
            JobKind.Database => OfDatabase(job),
            JobKind.Prune => OfPrune(job),
            JobKind.Check => [.. Read("read", () => job.Text("read") is { } part ? ReadSubset.Parse(part) : null), .. Absolute(job, "history")],
            _ => [.. Absolute(job, "scratch"), .. Read("sample", () => ProofWorker.SampleOf(job)), .. Absolute(job, "programs")],
        });
    }

    private static IEnumerable<(string, string)> OfVault(WorkerAssignment job)
    {
        foreach (var complaint in Absolute(job, "password-file")) yield return complaint;
        if (job.Text("vault") is not { } text) yield break;
        foreach (var complaint in Read("vault", () => VaultUrl.Parse(text) is VaultUrl.Directory { Path: var path } && !path.StartsWith('/') ? throw NotAbsolute(path) : true)) yield return complaint;
    }

    private static IEnumerable<(string, string)> OfBackup(WorkerAssignment job)
    {
        foreach (var path in job.List("paths").Where(path => !path.StartsWith('/'))) yield return ("paths", NotAbsolute(path).Message);
        foreach (var path in job.Map("volumes").Keys.Where(path => !path.StartsWith('/'))) yield return ("volumes", NotAbsolute(path).Message);
        foreach (var complaint in Read("source", () => BackupWorker.SourceOf(job))) yield return complaint;
        foreach (var complaint in Read("exclude", () => new PatternList(job.List("exclude")))) yield return complaint;
    }

    private static IEnumerable<(string, string)> OfDatabase(WorkerAssignment job) =>
    [
        .. OneOf(job, "engine", DatabaseEngines.Names), .. OneOf(job, "type", Types), .. Read("full-every", () => DatabaseWorker.FullEvery(job)),
        .. Absolute(job, "data"), .. Absolute(job, "spool"), .. Absolute(job, "socket"), .. Absolute(job, "programs"),
    ];

    private static IEnumerable<(string, string)> OfPrune(WorkerAssignment job)
    {
        var keep = job.Map("keep");
        List<(string, string)> wrong = [.. keep.SelectMany(rule => Read($"keep.{rule.Key}", () => KeepText.With(new KeepRules(), rule.Key, rule.Value)))];
        if (wrong.Count == 0 && keep.Count > 0) wrong.AddRange(Read("keep", () => KeepText.Read(keep)));
        return [.. wrong, .. Read("group-by", () => PruneWorker.GroupingOf(job)), .. Read("delay", () => PruneWorker.DelayOf(job)), .. Read("max-unused", () => PruneWorker.OptionsOf(job))];
    }

    private static IEnumerable<(string, string)> OneOf(WorkerAssignment job, string property, IReadOnlyList<string> words) =>
        job.Text(property) is { } text && !words.Contains(text) ? [(property, $"is '{text}'; it must be {string.Join(" or ", words)}.")] : [];

    private static IEnumerable<(string, string)> Absolute(WorkerAssignment job, string property) =>
        job.Text(property) is { } path && !path.StartsWith('/') ? [(property, NotAbsolute(path).Message)] : [];

    private static HoldfastException NotAbsolute(string path) => new(ErrorKind.Invalid, "worker.path-relative", $"is '{path}'; it must be an absolute path, the same on every node.");

    private static IEnumerable<(string, string)> Read<T>(string property, Func<T> read)
    {
        try
        {
            read();
            return [];
        }
        catch (HoldfastException wrong)
        {
            return [(property, wrong.Hint is { } hint ? $"{wrong.Message} {hint}" : wrong.Message)];
        }
    }
}
