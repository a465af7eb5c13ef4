using System.Collections.Immutable;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Jobs;

/// <summary>
/// Says what a job's worker would not take of its declaration: keep rules, parts of a vault, patterns. The agent knows no vault, so the program that has the workers gives it this; then a
/// mistake is refused when the job is declared and not by the worker hours later.
/// </summary>
/// <param name="kind">What the job does.</param>
/// <param name="properties">Its properties, by their names in declarations.</param>
public delegate IEnumerable<(string Property, string Message)> JobJudge(JobKind kind, ImmutableSortedDictionary<string, PropertyValue> properties);
