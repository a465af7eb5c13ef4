using Holdfast.Agent.Declarations;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Tests.Policies;

public sealed class PolicyPlanTests
{
    [Fact]
    public void Applying_a_policy_again_changes_nothing()
    {
        var preview = PolicyPlan.Preview(PolicySamples.Compile(PolicySamples.Gold), PolicySamples.Applied(PolicySamples.Gold));

        Assert.Equal("", preview.Diff);
        Assert.All(preview.Jobs, job => Assert.Equal("unchanged", job.Action));
    }

    [Fact]
    public void A_change_is_shown_as_what_changes_in_which_job()
    {
        var preview = PolicyPlan.Preview(PolicySamples.Compile(PolicySamples.Gold with { Schedule = new() { When = "every 30m" } }), PolicySamples.Applied(PolicySamples.Gold));

        var changed = Assert.Single(preview.Jobs, job => job.Action == "update");
        Assert.Equal($"~ roles.{changed.Name}.resources.job.schedule: every 1h -> every 30m", preview.Diff);
    }

    [Fact]
    public void A_policy_that_is_narrowed_retires_the_jobs_of_what_it_no_longer_means_and_no_other()
    {
        var wide = PolicySamples.Gold with { Things = [.. PolicySamples.Gold.Things, new() { Kind = ThingKind.SharedVolume, Name = "projects" }] };
        RoleSpec[] cluster = [.. PolicySamples.Applied(wide), .. PolicySamples.Applied(wide with { Name = "gold-x" }), ByHand("nightly")];

        var preview = PolicyPlan.Preview(PolicySamples.Compile(PolicySamples.Gold), cluster);

        var retired = preview.Jobs.Where(job => job.Action == "retire").ToList();
        Assert.Equal(3, retired.Count);
        Assert.All(retired, job => Assert.Equal("shared-volume:projects", job.Thing));
        Assert.All(retired, job => Assert.DoesNotContain("gold-x", job.Name, StringComparison.Ordinal));
        Assert.Contains(preview.Warnings, warning => warning.Message.Contains("stay in their vaults", StringComparison.Ordinal));
    }

    [Fact]
    public void A_policy_that_is_deleted_retires_all_of_its_jobs()
    {
        var preview = PolicyPlan.Deletion("gold", [.. PolicySamples.Applied(PolicySamples.Gold), ByHand("nightly")]);

        Assert.Equal(["retire", "retire", "retire", "retire"], preview.Jobs.Select(job => job.Action));
    }

    [Fact]
    public void A_policy_with_a_mistake_retires_nothing()
    {
        var preview = PolicyPlan.Preview(PolicySamples.Compile(PolicySamples.Gold with { Vaults = ["nowhere"] }), PolicySamples.Applied(PolicySamples.Gold));

        Assert.NotEmpty(preview.Problems);
        Assert.Empty(preview.Jobs);
    }

    [Fact]
    public void What_a_machine_no_longer_tells_retires_nothing_by_itself()
    {
        var policy = PolicySamples.Gold with { Things = [new() { Kind = ThingKind.Node, Name = "*" }] };
        var cluster = PolicySamples.Applied(policy).Where(role => PolicyPlan.ThingOf(role) != "node:b@b").ToArray();
        var less = PolicyCompiler.Compile(policy, [PolicySamples.Office], PolicySamples.Inventory with { Things = [.. PolicySamples.Inventory.Things.Where(thing => thing.Node == "b")] });

        var byItself = PolicyPlan.ByItself(less, cluster);

        Assert.NotEmpty(byItself);
        Assert.All(byItself, job => Assert.Equal(("create", "node:b@b"), (job.Action, job.Thing)));
        // What was only kept of a machine may be of long ago.
        var kept = PolicyCompiler.Compile(policy, [PolicySamples.Office], PolicySamples.Inventory with { Nodes = [.. PolicySamples.Inventory.Nodes.Select(node => node with { Told = false })] });
        Assert.NotEmpty(kept.Jobs);
        Assert.All(PolicyPlan.ByItself(kept, []), job => Assert.Null(job.Thing));
    }

    [Theory]
    [InlineData(ThingKind.Volume, "*", null, "volume:/@b")]
    [InlineData(ThingKind.Volume, "/", "b", "volume:/@b")]
    [InlineData(ThingKind.Node, "*", null, "node:b@b")]
    public void A_job_of_a_machine_that_told_nobody_what_it_has_stays_also_when_somebody_applies_its_policy(ThingKind kind, string name, string? node, string thing)
    {
        var policy = PolicySamples.Gold with { Things = [new() { Kind = kind, Name = name, Node = node }] };
        var (cluster, wide) = (PolicySamples.Applied(policy), policy with { Schedule = new() { When = "every 30m" } });
        Assert.Contains(cluster, role => PolicyPlan.ThingOf(role) == thing);

        var unseen = PolicyPlan.Preview(Seen(wide, told: false), cluster);
        var seen = PolicyPlan.Preview(Seen(policy with { Things = [.. policy.Things, new() { Kind = ThingKind.Tree, Name = "/srv" }] }, told: true), cluster);

        Assert.Empty(unseen.Problems);
        Assert.DoesNotContain(unseen.Jobs, job => job.Action == "retire");
        Assert.Contains(unseen.Jobs, job => (job.Action, job.Thing) == ("unchanged", thing));
        Assert.Contains(unseen.Warnings, warning => warning.Field == "things[0]" && warning.Message.Contains("means what b has", StringComparison.Ordinal));
        // That it has nothing any more is for the machine to say.
        if (node is null) Assert.Contains(seen.Jobs, job => (job.Action, job.Thing) == ("retire", thing));

        // b is away, and nobody knows anything of it; a told.
        static CompiledPolicy Seen(Policy policy, bool told) => PolicyCompiler.Compile(policy, [PolicySamples.Office], PolicySamples.Inventory with
        {
            Nodes = [.. PolicySamples.Inventory.Nodes.Select(node => node with { Told = node.Name == "a" || told })], Things = [.. PolicySamples.Inventory.Things.Where(thing => thing.Node != "b")],
        });
    }

    [Fact]
    public void What_a_policy_no_longer_means_retires_whether_its_machine_told_or_not()
    {
        var wide = PolicySamples.Gold with { Things = [new() { Kind = ThingKind.Volume, Name = "*" }] };
        var nobody = PolicySamples.Inventory with { Nodes = [.. PolicySamples.Inventory.Nodes.Select(node => node with { Told = false })] };

        var preview = PolicyPlan.Preview(PolicyCompiler.Compile(wide with { Things = [new() { Kind = ThingKind.Volume, Name = "*", Node = "a" }] }, [PolicySamples.Office], nobody), PolicySamples.Applied(wide));

        var retired = preview.Jobs.Where(job => job.Action == "retire").Select(job => job.Thing).ToList();
        Assert.Equal(["volume:/@b"], retired.Distinct());
    }

    [Fact]
    public void A_shared_volume_whose_file_system_nobody_told_keeps_its_jobs()
    {
        var policy = PolicySamples.Gold with { Things = [new() { Kind = ThingKind.SharedVolume, Name = "*", FileSystems = ["xfs"] }] };
        var nobody = PolicySamples.Inventory with { Things = [.. PolicySamples.Inventory.Things.Select(thing => thing.Kind == ThingKind.SharedVolume ? thing with { FileSystem = null } : thing)] };
        var unknown = PolicySamples.Inventory with { Things = [], KnowsShared = false };

        foreach (var inventory in (PolicyInventory[])[nobody, unknown])
            Assert.DoesNotContain(PolicyPlan.Preview(PolicyCompiler.Compile(policy, [PolicySamples.Office], inventory), PolicySamples.Applied(policy)).Jobs, job => job.Action == "retire");
    }

    [Fact]
    public void A_role_of_somebody_else_is_not_taken_over_for_having_the_name()
    {
        var name = PolicySamples.Compile(PolicySamples.Gold).Jobs[0].Name;

        var preview = PolicyPlan.Preview(PolicySamples.Compile(PolicySamples.Gold), [ByHand(name)]);

        Assert.Contains(name, Assert.Single(preview.Problems).Message, StringComparison.Ordinal);
    }

    private static RoleSpec ByHand(string name) => DeclarationReader.Read($"{{ kind: Job, name: {name}, run: command, command: [/bin/true] }}", "test.yaml", null).Roles.Single();
}
