using System.Collections.Immutable;
using Holdfast.Agent.Api;
using Holdfast.Agent.Declarations;
using Holdfast.Agent.Volumes;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Tests.Volumes;

/// <summary>The disks of roles as the shared volumes of a cluster.</summary>
public sealed class SharedVolumesTests
{
    private const string Disk = "roles: { orders: { resources: { data: { type: disk, device: /dev/disk/by-id/orders, target: /srv/orders } } } }";
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly NodeName A = new("a");
    private static readonly NodeName B = new("b");

    [Fact]
    public void A_disk_of_a_role_is_attached_to_its_owner_and_online_elsewhere_to_everybody_else()
    {
        var view = ViewOf(owner: A, OnlineState.Online, Disk);

        var (here, elsewhere) = (Assert.Single(SharedVolumes.Of(view, A, Now)), Assert.Single(SharedVolumes.Of(view, B, Now)));

        Assert.Equal(("orders/data", "/dev/disk/by-id/orders", "/srv/orders", SharedVolumePlace.AttachedHere, "a"), (here.Id, here.Device, here.Target, here.Status, here.Owner));
        Assert.Equal((Now, Now.AddHours(-1)), (here.LastOnline, here.LastAttached));
        Assert.Equal((SharedVolumePlace.OnlineElsewhere, "a", null), (elsewhere.Status, elsewhere.Owner, elsewhere.LastAttached));
        Assert.Equal(["orders/data"], SharedVolumes.AttachedTo(view, A).AsEnumerable());
        Assert.Empty(SharedVolumes.AttachedTo(view, B));
    }

    [Theory]
    [InlineData(Disk)]
    [InlineData("roles: { orders: { resources: { data: { type: ocf, agent: 'ocf:heartbeat:Filesystem', parameters: { device: /dev/disk/by-id/orders, directory: /srv/orders, fstype: ext4 } } } } }")]
    public void Lists_are_told_the_same_places_as_each_node_whoever_mounts_the_disk(string yaml)
    {
        var view = ViewOf(A, OnlineState.Online, yaml);

        Assert.Equal(new SharedVolumeSummary("orders/data", "orders", "/srv/orders", "a"), Assert.Single(SharedVolumes.Places(view, Now)));
        Assert.Equal("a", Assert.Single(SharedVolumes.Of(view, B, Now)).Owner);
        Assert.Equal(["orders/data"], SharedVolumes.AttachedTo(view, A).AsEnumerable());
        Assert.Null(Assert.Single(SharedVolumes.Places(ViewOf(A, OnlineState.Starting, yaml), Now)).Owner);
    }

    [Fact]
    public void A_disk_that_its_owner_could_not_mount_is_attached_to_nobody_and_says_why()
    {
        var volume = Assert.Single(SharedVolumes.Of(ViewOf(A, OnlineState.Failed, Disk), A, Now));

        Assert.Equal((SharedVolumePlace.Offline, null, "because"), (volume.Status, volume.Owner, volume.Fault));
        Assert.Empty(SharedVolumes.AttachedTo(ViewOf(A, OnlineState.Failed, Disk), A));
    }

    [Fact]
    public void What_an_earlier_owner_said_counts_no_more()
    {
        var view = ViewOf(A, OnlineState.Online, Disk);
        var later = view.Placements[new RoleName("orders")].Value with { Owner = B, Epoch = new Epoch(1, 2) };

        Assert.Empty(SharedVolumes.AttachedTo(view with { Placements = view.Placements.SetItem(later.Role, new(later, 2)) }, B));
    }

    [Fact]
    public void A_volume_in_maintenance_says_so_and_a_disk_of_every_node_is_shared_with_nobody()
    {
        var view = ViewOf(A, OnlineState.Online, Disk);
        var role = view.Roles[new RoleName("orders")].Value;

        Assert.Equal(SharedVolumePlace.Maintenance, Assert.Single(SharedVolumes.Of(With(role with { Maintenance = Maintenance.Begin(Now, TimeSpan.FromHours(1), null) }), A, Now)).Status);
        Assert.Empty(SharedVolumes.Of(With(role with { Mode = RoleMode.Everywhere }), A, Now));

        ClusterView With(RoleSpec changed) => view with { Roles = view.Roles.SetItem(changed.Name, new(changed, 1)) };
    }

    [Fact]
    public void Backups_count_of_jobs_that_go_with_the_role_and_of_nobody_else()
    {
        const string Beside = "kind: Job\nname: NAME\nrun: backup\nvault: /v\npassword-file: /p\npaths: [PATH]\nuser: root\nplacement: ";
        var view = ViewOf(A, OnlineState.Online, Disk, Job("with", "/srv/orders/mail", "{ with: orders }"), Job("elsewhere", "/srv/orders", "{ required: [a] }"), Job("other", "/srv/mail", "{ with: orders }"));
        Assert.Equal(("waiting", null), Seen(view));

        view = Ran(view, "elsewhere", JobState.Completed, A, 2);
        view = Ran(view, "other", JobState.Completed, A, 2);
        Assert.Equal(("waiting", null), Seen(view)); // That folder on a node alone, and another folder.
        view = Ran(view, "with", JobState.Completed, B, 3);
        Assert.Equal(("ok", null), Seen(view));
        Assert.Equal(Now.AddHours(-3), Assert.Single(SharedVolumes.Of(view, A, Now)).LastBackup);
        Assert.Equal(Now.AddHours(-3), Assert.Single(SharedVolumes.Of(view, B, Now)).LastBackupHere);
        Assert.Equal(("failed", null), Seen(Ran(view, "with", JobState.Failed, A, 1)));

        static string Job(string name, string path, string placement) => Beside.Replace("NAME", name, StringComparison.Ordinal).Replace("PATH", path, StringComparison.Ordinal) + placement;
        static (string?, DateTimeOffset?) Seen(ClusterView view) => Assert.Single(SharedVolumes.Of(view, A, Now)) is var volume ? (volume.BackupState, volume.LastBackupHere) : default;
    }

    private static ClusterView Ran(ClusterView view, string job, JobState state, NodeName node, int hoursAgo)
    {
        var name = new RoleName(job);
        var ledger = view.Ledgers.TryGetValue(name, out var known) ? known.Value : JobLedger.New(name, Now);
        var run = new JobRun { Id = $"r{hoursAgo}", Due = Now.AddHours(-hoursAgo), State = state, Reason = "", Attempt = new RunAttempt(new Epoch(1, 1), 1, node, "x"), Started = Now.AddHours(-hoursAgo), Ended = Now.AddHours(-hoursAgo) };
        return view with { Ledgers = view.Ledgers.SetItem(name, new(ledger with { Runs = [run, .. ledger.Runs] }, 1)) };
    }

    private static ClusterView ViewOf(NodeName owner, OnlineState state, params string[] yaml)
    {
        var roles = yaml.SelectMany(text =>
        {
            var read = DeclarationReader.Read(text, "roles.yaml", null);
            read.ThrowIfInvalid();
            return read.Roles;
        }).ToImmutableSortedDictionary(role => role.Name, role => new Versioned<RoleSpec>(role, 1));
        var (orders, epoch) = (new RoleName("orders"), new Epoch(1, 1));
        var placement = Placement.Unplaced(orders) with
        {
            Phase = PlacementPhase.Assigned, Owner = owner, Epoch = epoch, OwnerIncarnation = 1,
            History = [new Decision(epoch, PlacementPhase.Assigned, owner, ChangeKind.FirstStart, Now.AddHours(-1), new Because("first", "It was declared.", []))],
        };
        var status = new RoleStatus { Role = orders, Node = owner, Epoch = epoch, State = state, Reason = "", Resources = [new ResourceStatus(new ResourceName("data"), state, "because")] };
        return ClusterView.Empty with
        {
            Roles = roles, Placements = ClusterView.Empty.Placements.Add(orders, new(placement, 1)), Statuses = ClusterView.Empty.Statuses.Add(orders, new(status, 1)),
        };
    }
}
