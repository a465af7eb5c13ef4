using Holdfast.Agent.Jobs;
using Holdfast.Cluster;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Tests.Jobs;

public sealed class JobSurroundingsTests
{
    private static readonly NodeName A = new("a");
    private static readonly DateTimeOffset Due = new(2026, 11, 21, 2, 0, 0, TimeSpan.Zero);
    private static readonly JobSpec Asking = JobReading.Find(JobWorld.Declared("{ kind: Job, name: nightly, run: command, command: [/bin/true] }"))!.Value.Job;

    [Fact]
    public void What_a_node_is_set_to_counts_every_job_that_is_at_work_on_it_and_no_other()
    {
        var view = With(With(With(With(Set(jobs: 2), "here", A), "elsewhere", new("b")), "nightly", A), "waiting", null);

        var node = JobSurroundingsReading.Of(view, Asking, A).Node!;

        Assert.Equal((2, A, "here"), (node.Most, node.Set, string.Join(' ', node.Others)));
    }

    [Fact]
    public void A_run_whose_owner_changed_since_is_not_at_work()
    {
        var view = With(Set(jobs: 1), "here", A);
        var (role, placement) = (new RoleName("here"), view.Placements[new("here")].Value);

        Assert.True(JobSurroundingsReading.Of(view, Asking, A).Node!.IsFull);
        Assert.False(JobSurroundingsReading.Of(view with { Placements = view.Placements.SetItem(role, new(placement with { Epoch = new Epoch(1, 2) }, 2)) }, Asking, A).Node!.IsFull);
    }

    [Fact]
    public void Where_nothing_is_set_any_number_works()
    {
        Assert.Null(JobSurroundingsReading.Of(With(Set(jobs: null), "here", A), Asking, A).Node);
        Assert.Null(JobSurroundingsReading.Of(With(Set(jobs: 1), "here", A), Asking, new("b")).Node);
        Assert.Null(JobSurroundingsReading.Of(With(Set(jobs: 1), "here", A), Asking, null).Node);
    }

    private static ClusterView Set(int? jobs) => ClusterView.Empty with
    {
        Nodes = ClusterView.Empty.Nodes.Add(A, new(new NodeRecord { Name = A, Kind = NodeKind.Member, Voter = true, Address = "10.0.0.1", ApiPort = 1, Intent = NodeIntent.Active, CertificateFingerprint = "f", Settings = new() { Jobs = jobs } }, 1)),
    };

    /// <param name="node">Where it is at work; null when its run waits.</param>
    private static ClusterView With(ClusterView view, string job, NodeName? node)
    {
        var name = new RoleName(job);
        var run = new JobRun { Id = JobRun.IdOf(Due), Due = Due, State = node is null ? JobState.Waiting : JobState.Running, Reason = "it is due", Attempt = node is { } at ? new RunAttempt(new Epoch(1, 1), 1, at, "n") : null };
        return view with
        {
            Ledgers = view.Ledgers.Add(name, new(JobLedger.New(name, Due) with { Runs = [run] }, 1)),
            Placements = view.Placements.Add(name, new(Placement.Unplaced(name) with { Phase = PlacementPhase.Assigned, Epoch = new Epoch(1, 1), Owner = node ?? A, OwnerIncarnation = 1 }, 1)),
        };
    }
}
