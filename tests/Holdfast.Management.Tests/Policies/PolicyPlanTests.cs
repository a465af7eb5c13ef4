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

        var byItself = PolicyPlan.ByItself(PolicyPlan.Preview(less, cluster));

        Assert.NotEmpty(byItself);
        Assert.All(byItself, job => Assert.Equal(("create", "node:b@b"), (job.Action, job.Thing)));
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
