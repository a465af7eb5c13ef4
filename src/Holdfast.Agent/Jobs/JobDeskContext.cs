using Holdfast.Agent.Events;
using Holdfast.Leash.Protocol;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Jobs;

/// <summary>What all jobs of a node share.</summary>
/// <param name="Worker">The program whose command <c>worker</c> they are run by.</param>
internal sealed record JobDeskContext(JobRegistry Jobs, ClusterFeed Feed, ILeash Leash, JobSpool Spool, JobFiles Files, string LogDirectory, string Worker, EventJournal Journal, TimeProvider Time);
