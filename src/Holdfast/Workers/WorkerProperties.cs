using Holdfast.Agent.Jobs.Protocol;

namespace Holdfast.Cli.Workers;

/// <summary>The properties of a job as its worker reads them.</summary>
internal static class WorkerProperties
{
    public static string? Text(this WorkerAssignment assignment, string name) => assignment.Properties.TryGetValue(name, out var value) ? value.Text : null;

    /// <exception cref="HoldfastException">Code <c>worker.property-missing</c>.</exception>
    public static string Needed(this WorkerAssignment assignment, string name) => assignment.Text(name)
        ?? throw new HoldfastException(ErrorKind.Invalid, "worker.property-missing", $"Job {assignment.Job} does not say its {name}.", "Add it to the declaration.");

    public static IEnumerable<string> List(this WorkerAssignment assignment, string name) => assignment.Properties.TryGetValue(name, out var value) && value.Items is { } items ? items : [];

    public static IReadOnlyDictionary<string, string> Map(this WorkerAssignment assignment, string name) =>
        assignment.Properties.TryGetValue(name, out var value) && value.Entries is { } entries ? entries : System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty;
}
