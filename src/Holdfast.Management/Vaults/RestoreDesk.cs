using System.Globalization;
using System.Text;
using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Management.Api;
using Holdfast.Management.Hosting;
using Holdfast.Management.Link;
using Holdfast.Management.People;

namespace Holdfast.Management.Vaults;

/// <summary>What can be brought back from vaults, and bringing it back: a node says what that would do, and does it as a job.</summary>
internal sealed class RestoreDesk(AgentLink agent, VaultDesk vaults, ClusterFollower follower)
{
    private const int MostChanges = 1000;

    // The only point of others is the end of a base backup.
    private const string EngineWithLog = "postgresql";

    /// <summary>One folder of a snapshot.</summary>
    public async Task<IReadOnlyList<SnapshotFile>> FilesAsync(string vault, string snapshot, string path, CancellationToken cancellationToken) =>
    [
        .. Lines(await vaults.LookAsync(vaults.Require(vault), null, new LookRequest(LookKind.Files, Snapshot: snapshot, Path: path), cancellationToken)).Select(line => JsonSerializer.Deserialize(line, MachineJson.Default.ListedFile)!)
            .Select(file => new SnapshotFile(file.Path[(file.Path.LastIndexOf('/') + 1)..], file.Type, file.Size, file.ModifiedAt, file.Mode is { } mode ? Convert.ToString(mode, 8) : null, $"{file.Uid}:{file.Gid}")),
    ];

    /// <summary>Files in all snapshots of a vault.</summary>
    /// <param name="pattern">Names with <c>*</c> and <c>?</c>; with a slash, whole paths.</param>
    public async Task<IReadOnlyList<FoundFile>> FindAsync(string vault, string pattern, CancellationToken cancellationToken) =>
    [
        .. Lines(await vaults.LookAsync(vaults.Require(vault), null, new LookRequest(LookKind.Find, Path: pattern), cancellationToken)).Select(line => JsonSerializer.Deserialize(line, MachineJson.Default.ListedFile)!)
            .Select(file => new FoundFile(file.Snapshot!, file.Path, file.Type, file.Size, file.ModifiedAt)),
    ];

    /// <summary>What differs between two snapshots of a vault.</summary>
    public async Task<IReadOnlyList<DifferentFile>> DifferencesAsync(string vault, string snapshot, string from, CancellationToken cancellationToken) =>
    [
        .. Lines(await vaults.LookAsync(vaults.Require(vault), null, new LookRequest(LookKind.Differences, Snapshot: snapshot, Other: from), cancellationToken)).Select(line => JsonSerializer.Deserialize(line, MachineJson.Default.DifferentFile)!),
    ];

    /// <summary>What the snapshots of a vault hold, and take in it.</summary>
    public async Task<VaultFigures> FiguresAsync(string vault, CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize(await vaults.LookAsync(vaults.Require(vault), null, new LookRequest(LookKind.Statistics), cancellationToken), MachineJson.Default.VaultFigures)!;

    /// <summary>The databases in a vault, by name.</summary>
    public async Task<IReadOnlyList<DatabaseInVault>> DatabasesAsync(string vault, CancellationToken cancellationToken) =>
        Databases(JsonSerializer.Deserialize(await vaults.LookAsync(vaults.Require(vault), null, new LookRequest(LookKind.Databases), cancellationToken), MachineJson.Default.ListedDatabaseArray) ?? []);

    /// <summary>Says what a restore would do, or has a node do it as a job of its own.</summary>
    /// <exception cref="HoldfastException">Code <c>restore.invalid</c>, or what the node says.</exception>
    public async Task<RestoreAnswer> RestoreAsync(RestoreAsked asked, Person by, CancellationToken cancellationToken)
    {
        var vault = vaults.Require(asked.Vault);
        RequirePlace(asked);
        if (follower.Status?.Nodes.All(known => known.Name != asked.Node) != false) throw Invalid($"node: there is no node '{asked.Node}'.", "GET /api/v1/nodes lists them.");
        if (asked.DryRun) return await PreviewAsync(vault, asked, cancellationToken);
        // What is missing for a database is known before anything is written: a job that can only fail is not begun.
        if (asked.Database is not null) await PreviewAsync(vault, asked, cancellationToken);
        return await BeginAsync(vault, asked, by, cancellationToken);
    }

    /// <summary>Refuses what names no place; and the root for a whole snapshot, because what lies there may be the machine itself.</summary>
    /// <exception cref="HoldfastException">Code <c>restore.invalid</c>.</exception>
    internal static void RequirePlace(RestoreAsked asked)
    {
        if (asked.Target is not { } target || !target.StartsWith('/')) throw Invalid("target: is no folder by its full path.", "Give a folder of its own, or / for where the paths came from.");
        if (asked.Database is { } database)
        {
            if (database.WhyNot() is { } reason) throw Invalid($"database.{reason.Field}: {reason.Reason}", "Nothing was changed.");
            if (asked.Snapshot is not null || asked.Paths is { Count: > 0 }) throw Invalid("database: is named beside files.", "Name a snapshot and its paths, or a database; its base backup is database.base.");
            if (target == "/") throw Invalid("target: is the root.", "A database is restored beside what is there: name a folder that is empty or not there, or of a dump a file.");
            return;
        }

        if (string.IsNullOrEmpty(asked.Snapshot)) throw Invalid("snapshot: is missing.", "GET /api/v1/snapshots lists them.");
        if (asked.Paths?.FirstOrDefault(path => !path.StartsWith('/') || path == "/") is { } bad) throw Invalid($"paths: '{bad}' is no path below the root.", "Give paths as the snapshot has them, such as /srv/data.");
        if (target == "/" && asked.Paths is not { Count: > 0 }) throw Invalid("target: is the root, and no paths are named.", "Name what to bring back to where it came from, or restore the whole to a folder of its own.");
    }

    /// <summary>The databases that backups are of.</summary>
    internal static IReadOnlyList<DatabaseInVault> Databases(IEnumerable<ListedDatabase> backups) =>
    [
        .. from backup in backups
           group backup by (backup.Database, backup.Engine, backup.Id) into all
           orderby all.Key.Database, all.Max(backup => backup.Time) descending
           select new DatabaseInVault(all.Key.Database, all.Key.Engine, all.Key.Id, all.Max(backup => backup.Time), all.Key.Engine == EngineWithLog,
               [.. all.Where(backup => backup.Type != "log").OrderByDescending(backup => backup.Time).Select(backup => new DatabaseBase(backup.Snapshot, backup.Time, backup.Bytes))]),
    ];

    private async Task<RestoreAnswer> PreviewAsync(VaultRecord vault, RestoreAsked asked, CancellationToken cancellationToken)
    {
        var told = await vaults.LookAsync(vault, asked.Node, new LookRequest(LookKind.RestorePreview, Snapshot: asked.Snapshot, Paths: asked.Paths, Target: asked.Target, Database: asked.Database), cancellationToken);
        if (asked.Database is { } database)
        {
            var plan = JsonSerializer.Deserialize(told, MachineJson.Default.DatabasePreview)!;
            return new RestoreAnswer(null, null, Said(database, plan), [new RestoreStep(asked.Target, "create", database.Only is null ? plan.Bytes : null)], new Dictionary<string, long> { ["bytes"] = plan.Bytes, ["logs"] = plan.Logs });
        }

        var lines = Lines(told).Select(line => JsonSerializer.Deserialize(line, MachineJson.Default.PreviewLine)!).ToList();
        var summary = lines.LastOrDefault(line => line.MessageType == "summary");
        return new RestoreAnswer(null, null, "Nothing was changed.", [.. lines.Where(line => line.MessageType == "action").Take(MostChanges).Select(line => new RestoreStep(line.Path!, line.Action!, line.Bytes))],
            new Dictionary<string, long> { ["files"] = summary?.FilesRestored ?? 0, ["bytes"] = summary?.BytesRestored ?? 0, ["deleted"] = summary?.Deleted ?? 0 });
    }

    private static string Said(DatabaseWanted database, DatabasePreview plan)
    {
        var source = $"from the base backup {plan.Base[..8]} of {plan.BaseTime.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)} and {(plan.Logs == 1 ? "1 file" : $"{plan.Logs} files")} of log";
        return database.Only is { } only ? $"Database {only} of {database.Name} is dumped {source}, by a server that runs on a copy for a while. Nothing was changed."
            : $"{database.Name} is laid down {source}: it recovers to the point when a server is started on it. Nothing was changed.";
    }

    // A job like any other: under the leash, with a row in the ledger and progress that anybody can see.
    private async Task<RestoreAnswer> BeginAsync(VaultRecord vault, RestoreAsked asked, Person by, CancellationToken cancellationToken)
    {
        var job = $"restore-{Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())[..10]}";
        string[] access = ["--vault", vault.Location, "--password-file", vault.PasswordFile];
        string[] command = asked.Database is { } database
            ? ["holdfast", .. database.Command(asked.Target), .. access, .. database.Names()]
            : ["holdfast", "restore", .. access, "--target", asked.Target, "--verify", .. (asked.Paths ?? []).SelectMany(path => (string[])["--include", path]), "--", asked.Snapshot!];
        var yaml = $"""
            kind: Job
            name: {job}
            run: command
            command: [{string.Join(", ", command.Select(Quoted))}]
            placement: {"{"} required: [{asked.Node}] {"}"}
            user: {Environment.UserName}
            """;
        await agent.SendTextAsync("v1/apply", yaml, ApiJson.Default.ApplyResponse, by.Caller, cancellationToken);
        var run = await agent.SendAsync(HttpMethod.Post, $"v1/jobs/{job}/run", new JobPauseRequest(null), ApiJson.Default.JobPauseRequest, ApiJson.Default.JobRunAnswer, by.Caller, cancellationToken);
        return new RestoreAnswer($"{job}:{run.Run}", job, $"Job {job} restores on {asked.Node}.");
    }

    private static IEnumerable<string> Lines(byte[] text) => Encoding.UTF8.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static HoldfastException Invalid(string message, string hint) => new(ErrorKind.Invalid, "restore.invalid", message, hint);
}
