namespace Holdfast.Agent.Rehearsals;

/// <summary>Where the process that rehearses begins.</summary>
public static class RehearsalEntry
{
    /// <summary>Rehearses what its environment holds, inside the isolation that the agent made.</summary>
    /// <returns>The outcome, as JSON in one line.</returns>
    public static Task<string> RunAsync(Func<string, string?> environment, CancellationToken cancellationToken) =>
        RehearsalRun.OfEnvironmentAsync(environment(RehearsalScript.Variable), cancellationToken);
}
