using System.Collections.Immutable;
using System.Globalization;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cli.Databases;
using Holdfast.Cli.Output;
using Holdfast.Cluster.Jobs;
using Holdfast.Protection.Backups;
using Holdfast.Protection.Databases;
using Holdfast.Protection.Proofs;
using Holdfast.Vault.Pruning;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Workers;

/// <summary>
/// Proves that the newest snapshot can be restored: by restoring it to scratch and comparing, or, where it is of a database, by starting the server on it. What it finds is the run's row in
/// the ledger: the evidence, and by its end the evidence's age.
/// </summary>
internal sealed class ProofWorker(TimeProvider time) : IWorker
{
    public async Task<WorkerMessage.Result> RunAsync(WorkerAssignment assignment, WorkerTalk talk, CancellationToken stop)
    {
        var scratch = Path.Combine(assignment.Needed("scratch"), $"holdfast-proof-{assignment.Job}");
        var sample = SampleOf(assignment);
        await using var opened = await WorkerVault.OpenAsync(assignment, exclusive: false, talk, time, stop);
        return await opened.WhileLockedAsync(async () =>
        {
            await opened.Repository.LoadIndexAsync(opened.Working);
            var all = await SnapshotFiles.ListAsync(opened.Repository, (file, error) => talk.Log($"{file} is left out: {error.Message}"), opened.Working);
            var filter = new SnapshotFilter { Hosts = assignment.Text("host") is { } host ? [host] : [], TagLists = assignment.List("tags").ToList() is { Count: > 0 } tags ? [tags] : [] };
            var newest = all.LastOrDefault(filter.Matches) ?? throw new HoldfastException(ErrorKind.NotFound, "proof.nothing", "The vault has no snapshot to prove.", "Back something up first, or see host and tags in the job's declaration.");
            talk.Log($"proves snapshot {newest.ShortId} of {newest.Hostname}, {newest.Time.UtcDateTime:yyyy-MM-dd HH:mm}Z");
            return DatabaseFacts.Of(newest) is { } database
                ? await ProveAsync(opened, DatabaseCatalog.ChainOf(DatabaseCatalog.Of(all), database.Name, database.Id), newest, scratch, assignment, talk)
                : await ProveAsync(opened, newest, scratch, sample, talk);
        });
    }

    /// <summary>How much is restored; null for all.</summary>
    internal static long? SampleOf(WorkerAssignment assignment) => assignment.Text("sample") is not { } text || text == "all" ? null
        : ByteSize.TryParse(text, out var bytes) && bytes > 0 ? bytes : throw new HoldfastException(ErrorKind.Invalid, "proof.bad-sample", $"sample is '{text}'.", "Write a size such as 500M, or all.");

    private async Task<WorkerMessage.Result> ProveAsync(WorkerVault opened, Snapshot snapshot, string scratch, long? sample, WorkerTalk talk)
    {
        var begun = time.GetTimestamp();
        var proof = new SnapshotProof(opened.Repository, time);
        var found = await talk.WhileTellingAsync(proof.Meter.Read, time, () => proof.RunAsync(new ProofRequest { Tree = snapshot.Tree, Scratch = scratch, SampleBytes = sample, OnFinding = talk.Log }, opened.Working));
        var what = $"{(sample is null ? "" : "a sample of ")}snapshot {snapshot.ShortId} of {snapshot.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}Z";
        var figures = FiguresOf(snapshot, begun).Add("files", found.Files).Add("bytes", found.Bytes).Add("verified", found.VerifiedFiles).Add("sourceSame", found.SourceSame)
            .Add("sourceChanged", found.SourceChanged).Add("sourceDiffers", found.SourceDiffers).Add("failures", found.Failures);
        return found.IsProven
            ? new WorkerMessage.Result(Completed: true, $"{what} was restored and is what was backed up: {Phrases.Count((int)found.Files, "file", "files")}, {SizeText.Format(found.Bytes)}", Figures: figures, Proved: snapshot.LastingId)
            : new WorkerMessage.Result(
                Completed: false, found.Files == 0 ? $"{what} holds no file: that proves nothing" : $"{what} could not be restored as it was: {found.Failures} failed, {found.SourceDiffers} differ from their source; see the job's log", ErrorClass.Permanent,
                Figures: figures, Proved: snapshot.LastingId);
    }

    private async Task<WorkerMessage.Result> ProveAsync(WorkerVault opened, IReadOnlyList<DatabaseSnapshot> chain, Snapshot newest, string scratch, WorkerAssignment assignment, WorkerTalk talk)
    {
        var (begun, facts) = (time.GetTimestamp(), chain[^1].Facts);
        var engine = DatabaseEngines.Of(facts, assignment.Text("programs"), time);
        if (Directory.Exists(scratch)) Directory.Delete(scratch, recursive: true); // Of a proof that was killed.
        DatabaseProof proof;
        try
        {
            proof = await new DatabaseRehearsal(engine, opened.Repository, time).ProveAsync(chain, RecoveryTarget.Latest, scratch, opened.Working);
        }
        finally
        {
            if (Directory.Exists(scratch)) Directory.Delete(scratch, recursive: true);
        }

        foreach (var check in proof.Checks) talk.Log($"{(check.IsGood ? "good" : "BAD")}: {check.What}: {check.Finding}");
        var bad = proof.Checks.Count(check => !check.IsGood);
        var figures = FiguresOf(newest, begun).Add("bytes", proof.Bytes).Add("logs", proof.Logs).Add("checks", proof.Checks.Count).Add("checksBad", bad)
            .Add("restoreMilliseconds", (long)proof.RestoreTook.TotalMilliseconds).Add("recoveryMilliseconds", (long)proof.RecoveryTook.TotalMilliseconds);
        return proof.IsProven
            ? new WorkerMessage.Result(Completed: true, $"database {facts.Name} was restored and its server started on it, at {proof.ReachedPoint}: {Phrases.Count(proof.Checks.Count, "check", "checks")} good", Figures: figures, Proved: newest.LastingId)
            : new WorkerMessage.Result(Completed: false, $"database {facts.Name} could not be proved: {proof.Failure?.TrimEnd('.') ?? $"{bad} of {proof.Checks.Count} checks are bad; see the job's log"}", ErrorClass.Permanent, Figures: figures, Proved: newest.LastingId);
    }

    private ImmutableSortedDictionary<string, long> FiguresOf(Snapshot snapshot, long begun) => ImmutableSortedDictionary<string, long>.Empty
        .Add("snapshotUnixSeconds", snapshot.Time.ToUnixTimeSeconds()).Add("milliseconds", (long)time.GetElapsedTime(begun).TotalMilliseconds);
}
