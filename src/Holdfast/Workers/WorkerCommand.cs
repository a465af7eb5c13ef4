using System.CommandLine;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cli.CommandLine;
using Holdfast.Cluster.Jobs;

namespace Holdfast.Cli.Workers;

/// <summary><c>holdfast worker KIND</c>: one attempt at a run of a job, started by the agent under the leash. Its assignment is the first line on standard input; it prints JSON lines.</summary>
internal static class WorkerCommand
{
    public static Verb Create()
    {
        var kind = new Argument<string>("KIND") { Description = "What it does: command, backup, database, prune, check or proof." };
        return new Verb("worker", "Do one run of a job; the agent starts it. People use 'job run'.", "holdfast worker command") { kind }.AsHidden()
            .Does(async (run, stop) => await RunAsync(run.Get(kind), new WorkerTalk(run.Surroundings), run.Surroundings, stop));
    }

    private static async Task<int> RunAsync(string kind, WorkerTalk talk, Surroundings surroundings, CancellationToken stop)
    {
        var worker = Find(kind, surroundings);
        try
        {
            var result = await worker.RunAsync(await talk.AssignmentAsync(stop), talk, stop);
            talk.Result(result);
            return (int)(result.Completed ? ExitCode.Ok : result.Error == ErrorClass.Transient ? ExitCode.Unavailable : ExitCode.Conflict);
        }
        catch (HoldfastException error)
        {
            talk.Result(new WorkerMessage.Result(Completed: false, $"{error.Message.TrimEnd('.')} [{error.Code}]", error.Kind is ErrorKind.Unavailable or ErrorKind.Conflict ? ErrorClass.Transient : ErrorClass.Permanent));
            throw;
        }
    }

    private static IWorker Find(string kind, Surroundings surroundings) => kind switch
    {
        "command" => new CommandWorker(surroundings.Time),
        "backup" => new BackupWorker(surroundings.Time),
        "database" => new DatabaseWorker(surroundings.Time),
        "prune" => new PruneWorker(surroundings.Time),
        "check" => new CheckWorker(surroundings.Time),
        "proof" => new ProofWorker(surroundings.Time),
        _ => throw new HoldfastException(ErrorKind.Invalid, "worker.kind-unknown", $"This build has no worker for '{kind}'.", "Bring every node to one build: 'holdfast cluster upgrade'."),
    };

    private static Verb AsHidden(this Verb verb)
    {
        verb.Hidden = true;
        return verb;
    }
}
