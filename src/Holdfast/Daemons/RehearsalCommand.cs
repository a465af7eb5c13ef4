using Holdfast.Agent.Rehearsals;
using Holdfast.Cli.CommandLine;

namespace Holdfast.Cli.Daemons;

/// <summary><c>holdfast rehearsal</c>: the process inside a rehearsal's isolation, started by the agent.</summary>
internal static class RehearsalCommand
{
    public static Verb Create() => new Verb("rehearsal", "Rehearse inside an isolation; the agent starts it. People use 'rehearse'.", "holdfast rehearsal") { Hidden = true }
        .Does(async (run, cancellationToken) => run.Surroundings.Out.WriteLine(await RehearsalEntry.RunAsync(run.Surroundings.Environment, cancellationToken)));
}
