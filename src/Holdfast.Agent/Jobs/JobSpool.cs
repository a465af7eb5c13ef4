using System.Text.Json;
using Holdfast.Agent.Events;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cluster.Naming;
using Holdfast.Store;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Jobs;

/// <summary>
/// Results on their way to the ledger: on this node's disk before anybody is told, and gone from it when the ledger has answered. Delivered at least once; the ledger takes
/// each once. So a result outlives an outage of the store, a restart of the agent and of the node.
/// </summary>
internal sealed class JobSpool(string directory, JobRegistry jobs, EventJournal journal, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private readonly Lock _gate = new();
    private Signal? _delivering; // Not a semaphore: that goes on on the pool, behind a simulation's back.

    /// <summary>Keeps a result.</summary>
    public void Add(SpooledResult result)
    {
        Directory.CreateDirectory(directory);
        var (path, fresh) = (PathOf(result), PathOf(result) + ".new");
        using (var file = new FileStream(fresh, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, result, WorkerJson.Default.SpooledResult);
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
    }

    /// <summary>Whether a result of a job is still on its way.</summary>
    public bool Holds(RoleName job) => Directory.Exists(directory) && Directory.EnumerateFiles(directory, $"{job}.*.json").Any();

    /// <summary>Delivers what is on its way until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        string? told = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await DeliverAsync(cancellationToken);
                told = null;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or HoldfastException or JsonException)
            {
                if (told != exception.Message) journal.Add("job.spool-trouble", $"Results of jobs are kept on this node: {exception.Message}"); // None is lost by that, and nothing else of the node ends for it.
                told = exception.Message;
            }

            await time.PauseAsync(Pause, cancellationToken);
        }
    }

    /// <summary>Delivers what can be delivered now.</summary>
    public async Task DeliverAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(directory)) return;
        var over = new Signal();
        while (Begin(over) is { } other) await other.Task.WaitAsync(cancellationToken);
        try
        {
            foreach (var path in Directory.EnumerateFiles(directory, "*.json").Order(StringComparer.Ordinal).ToList()) await DeliverAsync(path, cancellationToken);
        }
        finally
        {
            lock (_gate) _delivering = null;
            over.Set();
        }
    }

    /// <summary>Begins to deliver, or returns who does.</summary>
    private Signal? Begin(Signal over)
    {
        lock (_gate)
        {
            if (_delivering is { } other) return other;
            _delivering = over;
            return null;
        }
    }

    private async Task DeliverAsync(string path, CancellationToken cancellationToken)
    {
        if (Read(path) is not { } spooled)
        {
            File.Move(path, path + ".damaged", overwrite: true); // Nothing that was written here whole: not delivered, and not thrown away.
            journal.Add("job.spool-damaged", $"{path} cannot be read and was put aside.");
            return;
        }

        switch (await jobs.FinishAsync(spooled.Job, spooled.Run, spooled.Attempt, spooled.Result, spooled.Retries, spooled.At, cancellationToken))
        {
            case JobOutcome.Recorded recorded:
                // Before the file goes: a run that the ledger has and history does not would never be told. Told twice does no harm.
                journal.Add(spooled.Result.Completed ? "job.completed" : "job.failed", $"Run {spooled.Run} of job {spooled.Job}, attempt {spooled.Attempt.Number}: {spooled.Result.Reason}.", spooled.Job.Value,
                    epoch: spooled.Attempt.Epoch.ToString(), data: RunReport.EntryOf(spooled.Job, spooled.Subject, recorded.Ledger.Find(spooled.Run), spooled.Result.Proved));
                await journal.FlushAsync(cancellationToken);
                File.Delete(path);
                break;
            case JobOutcome.Refused refused:
                journal.Add("job.result-late", $"The result of run {spooled.Run} of job {spooled.Job} ({spooled.Result.Reason}) came too late: {refused.Reason}", spooled.Job.Value, epoch: spooled.Attempt.Epoch.ToString());
                File.Delete(path);
                break;
        }
    }

    private static SpooledResult? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), WorkerJson.Default.SpooledResult);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string PathOf(SpooledResult result) => Path.Combine(directory, $"{result.Job}.{result.Attempt.Nonce}.json");
}
